/** The trace format. Generated from trace.schema.json: `npm run generate`. */

/** A whole recorded run. */
export interface Trace {
  readonly trace_version: 1;
  readonly metadata: {
    readonly tool: {
      readonly name: string;
      readonly version: string;
    };
    readonly server_url: string;
    readonly timestamp: string;
    readonly duration_ms: number;
    readonly total_requests: number;
    readonly username: string | null;
    readonly client: string;
    readonly revision: {
      readonly asked: string;
      readonly used: string | null;
    };
    readonly consent: string;
    readonly source: string;
    readonly lenient?: boolean | undefined;
    readonly insecure?: boolean | undefined;
    readonly redacted?: boolean | undefined;
    readonly options?:
      | {
          readonly client_id_given?: boolean | undefined;
          readonly scope_given?: string | undefined;
          readonly authorization_server_given?: string | undefined;
          readonly grant?: string | undefined;
        }
      | undefined;
  };
  readonly sequence_summary: {
    readonly outcome: 'completed' | 'failed' | 'refused' | 'open' | 'interrupted';
    readonly failed_step: string | null;
    readonly reason: string | null;
    readonly client_id: string | null;
    readonly auth_code_received: boolean;
    readonly access_token_received: boolean;
    readonly refresh_token_received: boolean;
    readonly steps: readonly {
      readonly id: string;
      readonly outcome:
        | 'done'
        | 'again'
        | 'failed'
        | 'skipped'
        | 'refused'
        | 'open'
        | 'interrupted';
      readonly reason: string | null;
      readonly exchanges: readonly number[];
      readonly duration_ms: number;
      readonly pass?: number | undefined;
      readonly notes?: readonly string[] | undefined;
    }[];
  };
  readonly secrets: readonly {
    readonly label: string;
    readonly length: number;
    readonly alphabet?: 'unreserved' | 'visible-ascii' | 'other' | undefined;
    readonly jwt?:
      | {
          readonly header: { readonly [name: string]: unknown };
          readonly claims: { readonly [name: string]: unknown };
        }
      | undefined;
  }[];
  readonly trace_log: readonly {
    readonly id: number;
    readonly step: string;
    readonly channel: 'back' | 'front' | 'loopback' | 'probe';
    readonly caused_by: number | null;
    readonly started_at: string;
    readonly timing: {
      readonly dns_ms: number;
      readonly connect_ms: number;
      readonly tls_ms: number;
      readonly wait_ms: number;
      readonly receive_ms: number;
      readonly total_ms: number;
    };
    readonly connection: {
      readonly remote_address: string | null;
      readonly http_version: string | null;
      readonly reused?: boolean | undefined;
      readonly proxy?: string | undefined;
      readonly tls: {
        readonly protocol: string;
        readonly cipher: string;
        readonly authorized: boolean;
        readonly authorization_error: string | null;
        readonly certificate: {
          readonly subject: string;
          readonly issuer: string;
          readonly valid_from: string;
          readonly valid_to: string;
          readonly names: readonly string[];
        } | null;
      } | null;
    };
    readonly request: {
      readonly method: string;
      readonly url: string;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: {
        readonly media_type: string;
        readonly size: number;
        readonly sha256?: string | null | undefined;
        readonly text?: string | undefined;
        readonly base64?: string | undefined;
        readonly truncated?: boolean | undefined;
      } | null;
    };
    readonly response: {
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: {
        readonly media_type: string;
        readonly size: number;
        readonly sha256?: string | null | undefined;
        readonly text?: string | undefined;
        readonly base64?: string | undefined;
        readonly truncated?: boolean | undefined;
      } | null;
    } | null;
    readonly seen_by?: string | undefined;
    readonly sent_by?: string | undefined;
    readonly failure: {
      readonly code: string;
      readonly phase: 'request' | 'dns' | 'connect' | 'tls' | 'wait' | 'receive';
      readonly message: string;
    } | null;
  }[];
}

/** One request and what came of it. */
export type Exchange = Trace['trace_log'][number];
/** A header pair, `[name, value]`. */
export type Header = Exchange['request']['headers'][number];
/** A recorded body. */
export type Body = NonNullable<Exchange['request']['body']>;
/** What became of one pass of one step. */
export type StepRecord = Trace['sequence_summary']['steps'][number];
/** What is known of a secret once its text is gone. */
export type Secret = Trace['secrets'][number];
/** How a run ended. */
export type Outcome = Trace['sequence_summary']['outcome'];
