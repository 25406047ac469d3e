/**
 * mcp-oauth-trace as a library. Importing it does nothing.
 *
 * @example
 * import { form, judge, trace } from 'mcp-oauth-trace';
 *
 * const run = await trace('http://localhost:8000/mcp', {
 *   consent: form({ username: 'testuser', password: 'testpass' }),
 *   secrets: [{ kind: 'password', value: 'testpass' }],
 * });
 * console.log(run.sequence_summary.outcome);
 * for (const { rule, message, fix } of judge(run).findings) console.log(rule.id, message, fix);
 */
import type { Exchange, Header, StepRecord, Trace } from './trace.d.ts';

export type { Body, Exchange, Header, Outcome, Secret, StepRecord, Trace } from './trace.d.ts';

/**
 * Runs the whole sequence against an MCP server.
 * @returns the redacted trace, however the run ended: see `sequence_summary.outcome`.
 * @throws RangeError for a client or a revision that is not known, TypeError without a URL or a way to
 * approve; anything else is a bug of this package: nothing a server does makes it throw.
 */
export function trace(url: string | URL, options: TraceOptions): Promise<Trace>;

/** How a run differs from what Claude Desktop would do; everything but `consent` has a default. */
export interface TraceOptions {
  /** How the authorization request is approved: `form({ username, password })` needs nobody. */
  readonly consent: Consent;
  /** Whose registration to send: a profile or the id of one, default claude-desktop. */
  readonly client?: string | ClientProfile;
  /** The MCP revision to speak, default auto; `draft` is the newest. */
  readonly revision?: 'auto' | 'draft' | '2025-03-26' | '2025-06-18' | '2025-11-25' | '2026-07-28';
  /** Go on where a client must stop, to see what else is wrong. */
  readonly lenient?: boolean;
  /** A client registered beforehand; without one the client registers itself. */
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Signs client assertions: PEM (PKCS #8) or a JWK as JSON. */
  readonly clientKey?: { readonly text: string; readonly algorithm?: string };
  /** URL of a client ID metadata document: the client's id where the server takes such. */
  readonly clientMetadataUrl?: string;
  /** Initial access token for a registration endpoint that wants one. */
  readonly registrationToken?: string;
  /** Overrides what registration and metadata say. */
  readonly tokenAuthMethod?:
    | 'none'
    | 'client_secret_basic'
    | 'client_secret_post'
    | 'client_secret_jwt'
    | 'private_key_jwt';
  /** How the token is obtained, default authorization_code. */
  readonly grant?:
    | 'authorization_code'
    | 'client_credentials'
    | 'jwt_bearer'
    | 'enterprise'
    | 'device_code';
  /** The assertion of the `jwt_bearer` grant. */
  readonly assertion?: string;
  /** The company's identity provider of the `enterprise` grant. */
  readonly enterprise?: {
    readonly idToken: string;
    readonly tokenEndpoint: string;
    readonly clientId: string;
    readonly clientSecret?: string;
  };
  /** Bind the tokens to a key of this run. */
  readonly dpop?: boolean;
  /** Scopes to ask for; empty for none. */
  readonly scope?: string;
  /** One of the `authorization_servers`, or another issuer. */
  readonly authorizationServer?: string;
  /** Further parameters of the authorization request. */
  readonly authorizeParameters?: readonly (readonly [name: string, value: string])[];
  /** Where the callback is waited for: a loopback host, a port (0 for a free one), a path. */
  readonly callback?: { readonly host?: string; readonly port?: number; readonly path?: string };
  /** Milliseconds the human has, default 300,000. */
  readonly consentTimeout?: number;
  /** A tool to call, with its arguments. */
  readonly call?: { readonly tool: string; readonly arguments: Readonly<Record<string, unknown>> };
  /** What to answer when that tool asks for input, by the name of the field. */
  readonly answers?: Readonly<Record<string, unknown>>;
  /** Let documents of a remote server name addresses of this machine and its network. */
  readonly allowPrivate?: boolean;
  /** Leave tokens and the registered client behind. */
  readonly keep?: boolean;
  /** Certificate authorities to trust besides the built-in ones, PEM. */
  readonly ca?: string;
  /** Client certificate and its key, PEM. */
  readonly cert?: string;
  readonly key?: string;
  /** True leaves certificates unverified. */
  readonly insecure?: boolean;
  /** Dial `address` for `host:port`. */
  readonly resolve?: readonly {
    readonly host: string;
    readonly port: number;
    readonly address: string;
  }[];
  /** Proxy URLs, and the hosts that need none; the environment is not looked at. */
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly no?: string };
  /** Milliseconds that one request may take, default 30,000. */
  readonly timeout?: number;
  /** Bytes of each body that are kept, default 256 KiB. */
  readonly maxBody?: number;
  readonly userAgent?: string;
  /** Added to every request of the client. */
  readonly headers?: readonly Header[];
  /** Secrets the caller typed, so that they are found wherever a server repeats them. */
  readonly secrets?: readonly KnownSecret[];
  /** Interrupts the run, which then takes some seconds at most to give back what it got. */
  readonly signal?: AbortSignal;
  /** Hears of each exchange, unredacted, as it ends. */
  readonly onExchange?: (exchange: Exchange) => void;
  readonly onStep?: (record: StepRecord) => void;
}

/** A secret that somebody typed. */
export interface KnownSecret {
  /** What it is: `password`, `client_secret`, `email`, … */
  readonly kind: string;
  readonly value: string;
  /** True for what a person made: it gets a number and never a digest. Default by kind. */
  readonly human?: boolean;
}

/** What a client is like on the wire. */
export interface ClientProfile {
  readonly id: string;
  /** When and how well this was seen. */
  readonly seen: string;
  /** Members of the registration request, redirect and scope aside. */
  readonly registration: {
    readonly client_name: string;
    readonly client_uri?: string;
    readonly software_id?: string;
    readonly logo_uri?: string;
    readonly application_type?: 'native' | 'web';
    readonly grant_types: readonly string[];
    readonly response_types: readonly string[];
    readonly token_endpoint_auth_method: string;
  };
  /** Whether `scope` stands in the registration request. */
  readonly registersScope: boolean;
  /** Host and path of the loopback redirect. */
  readonly callback: { readonly host: string; readonly path: string };
  /** `clientInfo` of `initialize`. */
  readonly clientInfo: { readonly name: string; readonly version: string };
}

/** A way in which a human, or nobody, approves an authorization request. */
export interface Consent {
  readonly name: 'browser' | 'print' | 'paste' | 'command' | 'form';
  /**
   * Takes the user to the authorization URL. Resolves once nothing is left to do here: with the
   * final URL where the user handed it over, with undefined where the listener receives it.
   */
  readonly approve: (url: string, tools: ConsentTools) => Promise<string | undefined>;
}

/** What a way of approving may use. */
export interface ConsentTools {
  /** Requests that stand in the trace; say `channel: 'front'` for what a browser would send. */
  readonly http: { send(request: HttpRequest): Promise<Answer> };
  /** Where the user is sent in the end: a listener on this machine. */
  readonly redirectUri: string;
  readonly signal: AbortSignal;
  /** One line to the user. Never give it a secret. */
  readonly say: (line: string) => void;
  /** Asks the user for one line. */
  readonly ask: (question: string) => Promise<string>;
}

/** One HTTP request; redirects are never followed on their own. */
export interface HttpRequest {
  /** Default GET. */
  readonly method?: string;
  readonly url: string;
  readonly headers?: readonly Header[];
  readonly body?: string;
  readonly channel?: Exchange['channel'];
  /** The exchange whose redirect, link or form led here. */
  readonly causedBy?: number | null;
  readonly signal?: AbortSignal;
}

/** What came back. */
export interface Answer {
  /** Id of the exchange in the log. */
  readonly exchange: number;
  readonly url: string;
  readonly status: number;
  readonly headers: readonly Header[];
  /** The decoded body, up to the reading limit. */
  readonly text: string;
  readonly truncated: boolean;
}

/** Nobody at the keyboard: login and consent pages are read, filled in and sent. */
export function form(options?: FormOptions): Consent;

/** What the form driver may fill in and press. */
export interface FormOptions {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Values by field name, for fields that are not recognised. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
  /** Text of the button or link that approves, where it is not recognised. */
  readonly approve?: string | undefined;
  /** Asked when a page wants a one-time password. */
  readonly otp?: (() => Promise<string>) | undefined;
  /** Default 12. */
  readonly maxPages?: number | undefined;
  readonly userAgent?: string | undefined;
}

/**
 * Judges a trace by the rules that hold for its revision; one fact gives one finding.
 *
 * @example
 * import { judge, readTrace } from 'mcp-oauth-trace';
 *
 * for (const { severity, message } of judge(readTrace('run.json')).findings)
 *   console.log(severity, message);
 */
export function judge(trace: Trace): Judgement;

/** What the rules say of a trace. */
export interface Judgement {
  /** Errors, then warnings, then info; within each in the order of the steps. */
  readonly findings: readonly Finding[];
  /** Every rule's verdict, by id. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly counts: Readonly<Record<Verdict['kind'], number>>;
}

/** What one rule says of one trace. */
export type Verdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'fail'; readonly message: string; readonly evidence: readonly Evidence[] }
  | { readonly kind: 'not-applicable'; readonly why: string }
  | { readonly kind: 'inconclusive'; readonly why: string };

/** Where a finding can be seen: an exchange and a JSON pointer into its record. */
export interface Evidence {
  readonly exchange: number;
  readonly pointer: string;
}

/** Who has to act; `user` is whoever logs in, approves and says how the client is to run. */
export type Fault = 'mcp-server' | 'authorization-server' | 'deployment' | 'client' | 'user';

/** How much a finding weighs. */
export type Severity = 'error' | 'warning' | 'info';

/** A requirement that is broken. */
export interface Finding {
  readonly rule: Rule;
  readonly severity: Severity;
  readonly fault: Fault;
  /** What was seen, then what was expected. */
  readonly message: string;
  readonly fix: string;
  readonly evidence: readonly Evidence[];
}

/** One requirement. */
export interface Rule {
  readonly id: string;
  readonly step: string;
  readonly fault: Fault;
  /** What the documents say; `field` where real clients break though no sentence forbids it. */
  readonly level: 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'MAY' | 'field';
  readonly requires: string;
  readonly why: string;
  readonly fix: string;
  readonly example?: string;
  readonly affected?: {
    readonly clients: readonly string[];
    readonly confidence: 'confirmed' | 'reported' | 'single';
  };
  readonly spec: readonly { readonly title: string; readonly url: string }[];
}

/** Why the flow of a trace broke; undefined for one that did not. */
export function findCause(trace: Trace): Cause | undefined;

/** The one explanation of why a flow did not complete. */
export interface Cause {
  /** The step that failed. */
  readonly step: string;
  readonly message: string;
  readonly fault: Fault;
  readonly fix: string;
  /** Id of the exchange that shows it; undefined where nothing was sent. */
  readonly exchange: number | undefined;
  readonly finding: Finding | undefined;
}

/**
 * What two runs do not share, what the rules say of them included; what matters most comes first.
 * @throws {RangeError} where `only` holds what is no step, or nothing.
 *
 * @example
 * import { diff, readTrace } from 'mcp-oauth-trace';
 *
 * const { differences } = diff(readTrace('monday.json'), readTrace('tuesday.json'));
 * for (const { weight, text } of differences) console.log(weight, text);
 */
export function diff(before: Trace, after: Trace, options?: DiffOptions): TraceDiff;

/** How two traces are compared. */
export interface DiffOptions {
  /** JSON pointers (with all below them), names of headers, fields or tools, and rule ids to leave out. */
  readonly ignore?: readonly string[];
  /** Steps to look at; all when absent. */
  readonly only?: readonly string[];
  /** Reports a large change of an exchange's duration. */
  readonly timing?: boolean;
}

/** What two traces do not share. */
export interface TraceDiff {
  readonly same: boolean;
  /** What the runs were asked for in another way (client profile, revision, …): not the same kind of run. */
  readonly settings: readonly {
    readonly name: string;
    readonly before: string | boolean | null;
    readonly after: string | boolean | null;
  }[];
  /** What the names in braces stand for. */
  readonly hosts: readonly {
    readonly name: string;
    readonly before: string;
    readonly after: string;
  }[];
  readonly differences: readonly Difference[];
  readonly findings: {
    readonly appeared: readonly FindingFact[];
    readonly gone: readonly FindingFact[];
    readonly still: readonly FindingFact[];
  };
}

/** A finding of one side. */
export interface FindingFact {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly step?: string;
  /** Where it can be seen, in its own trace. */
  readonly evidence?: readonly { readonly exchange: number; readonly pointer: string }[];
}

/** One thing that is not as it was. */
export interface Difference {
  readonly kind: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly where: Where;
  /** Absent on the side that lacks it. */
  readonly before?: unknown;
  readonly after?: unknown;
  readonly weight: 'outcome' | 'cause' | 'finding' | 'contract' | 'behaviour' | 'detail' | 'timing';
  /** What the two exchanges were answered with; absent for what is no part of both. */
  readonly statuses?: { readonly before: number | null; readonly after: number | null };
  /** What was, then what is, without the place. */
  readonly text: string;
  /** Further places where the very same change shows. */
  readonly also: readonly Where[];
  /** Why it matters, where a rule knows. */
  readonly why?: string;
}

/** Where a difference stands: the aligned exchange and a JSON pointer into its record. */
export interface Where {
  /** Null for what concerns the whole run. */
  readonly step: string | null;
  readonly role: string | null;
  readonly name: string | null;
  readonly occurrence: number | null;
  readonly pointer: string;
  /** Ids of the exchanges in the two traces. */
  readonly exchanges: { readonly before: number | null; readonly after: number | null };
}

/** A trace and what the rules say of it, in one of the forms people use. */
export function report(
  trace: Trace,
  format: ReportName,
  options?: ReportingOptions,
): Promise<string>;

/** The forms of a report. */
export type ReportName =
  | 'text'
  | 'json'
  | 'markdown'
  | 'html'
  | 'mermaid'
  | 'plantuml'
  | 'har'
  | 'curl'
  | 'junit'
  | 'sarif'
  | 'ndjson';

/** How a report is made; by default without colours, 100 columns wide. */
export interface ReportingOptions {
  readonly color?: boolean;
  readonly width?: number;
  /** Only this step. */
  readonly step?: string;
  /** Only this exchange. */
  readonly exchange?: number;
  readonly headers?: boolean;
  readonly bodies?: boolean;
}

/** Reads a trace file of this version or an older one, or the trace of a JSON report. @throws with a stable `code`. */
export function readTrace(path: string | URL): Trace;

/** Writes a trace, never in place of an older file; returns the path written. */
export function writeTrace(path: string | URL, trace: Trace, options?: WriteOptions): string;

/** How a trace is written. */
export interface WriteOptions {
  /** What the caller typed. */
  readonly known?: readonly KnownSecret[];
  /** Default true; false writes every secret readable and says so in the file. */
  readonly redact?: boolean;
  /** Default 0600: a trace is for its owner. */
  readonly mode?: number;
  /** Default false: the new file gets `-2`, `-3` … before its extension. */
  readonly overwrite?: boolean;
}
