import type { Http } from '../http/http.ts';

/** What a way of approving may use. */
export interface ConsentTools {
  /** Requests of the form driver; it sets `channel: 'front'` itself. */
  readonly http: Http;
  /** Where the user is sent in the end: our loopback listener. */
  readonly redirectUri: string;
  /** Whether the answer must carry `iss`, as the server promised: a bare code is then not enough. */
  readonly needsIss?: boolean;
  readonly signal: AbortSignal;
  /** One line to the user, on stderr. Never receives a secret. */
  readonly say: (line: string) => void;
  /** Asks the user for one line, on the terminal. */
  readonly ask: (question: string) => Promise<string>;
}

/** A way in which a human, or nobody, approves an authorization request. */
export interface Consent {
  readonly name: 'browser' | 'print' | 'paste' | 'command' | 'form';
  /**
   * Takes the user to the authorization URL. Resolves once nothing is left to do here: with the
   * final URL where the user handed it over, with undefined where the listener receives it.
   * @throws {ConsentError} when approval cannot come about.
   * @throws {HttpError} when a page of the form driver brought no answer.
   */
  readonly approve: (url: string, tools: ConsentTools) => Promise<string | undefined>;
}

/** Why approval could not come about. */
export type ConsentCode =
  | 'unsafe-url'
  | 'page-not-drivable'
  | 'login-refused'
  | 'credentials-missing'
  /** A redirect or form would carry what the user typed where it must not go. */
  | 'credentials-withheld'
  | 'too-many-pages'
  | 'too-many-redirects'
  | 'page-error'
  | 'command-failed'
  | 'nothing-pasted'
  /** A line was pasted that holds no authorization response. */
  | 'paste-not-understood';

/** Approval cannot come about; the message says what was seen and what to do. */
export class ConsentError extends Error {
  override readonly name = 'ConsentError';
  readonly code: ConsentCode;

  constructor(code: ConsentCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
