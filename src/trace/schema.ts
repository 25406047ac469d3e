/**
 * What a trace file holds. The format speaks OAuth's own snake_case; keys may be added, never changed
 * in meaning. Types are inferred from the schema, so the file and the code cannot disagree.
 */
import * as z from 'zod';
import { type STEP_IDS, TRACE_VERSION } from './format.ts';

export { STEP_IDS, TRACE_VERSION } from './format.ts';

const milliseconds = z.number().nonnegative();

/** A header as it stood on the wire: name and value, order, case and duplicates kept. */
const header = z.tuple([z.string(), z.string()]);

const body = z.object({
  /** `content-type` without parameters, lower case; empty when none was sent. */
  media_type: z.string(),
  /** True size in bytes after decoding, also when `text` was cut. */
  size: z.number().int().nonnegative(),
  /** SHA-256 of the whole decoded body, hexadecimal; null when nothing secret may be inferred from it. */
  sha256: z.string().nullable().optional(),
  text: z.string().optional(),
  /** Bytes that are not UTF-8 text. */
  base64: z.string().optional(),
  /** True when `text` or `base64` holds less than `size` bytes. */
  truncated: z.boolean().optional(),
});

const tls = z.object({
  protocol: z.string(),
  cipher: z.string(),
  authorized: z.boolean(),
  /** Why the certificate was not trusted, as OpenSSL names it. */
  authorization_error: z.string().nullable(),
  certificate: z
    .object({
      subject: z.string(),
      issuer: z.string(),
      valid_from: z.string(),
      valid_to: z.string(),
      names: z.array(z.string()),
    })
    .nullable(),
});

const connection = z.object({
  /** `address:port`; null when no connection came about. */
  remote_address: z.string().nullable(),
  http_version: z.string().nullable(),
  /** True when an earlier exchange had opened the connection. */
  reused: z.boolean().optional(),
  /** `scheme://host:port` of the proxy, without credentials. */
  proxy: z.string().optional(),
  tls: tls.nullable(),
});

const timing = z.object({
  dns_ms: milliseconds,
  connect_ms: milliseconds,
  tls_ms: milliseconds,
  wait_ms: milliseconds,
  receive_ms: milliseconds,
  total_ms: milliseconds,
});

const failure = z.object({
  code: z.string(),
  phase: z.enum(['request', 'dns', 'connect', 'tls', 'wait', 'receive']),
  message: z.string(),
});

export const exchangeSchema = z.object({
  id: z.number().int().positive(),
  step: z.string(),
  /** back: this client; front: the user's browser or the form driver; loopback: the callback; probe: an extra request. */
  channel: z.enum(['back', 'front', 'loopback', 'probe']),
  /** The exchange whose redirect, link or form led here. */
  caused_by: z.number().int().positive().nullable(),
  started_at: z.string(),
  timing,
  connection,
  request: z.object({
    method: z.string(),
    url: z.string(),
    headers: z.array(header),
    body: body.nullable(),
  }),
  response: z
    .object({ status: z.number().int(), headers: z.array(header), body: body.nullable() })
    .nullable(),
  /** The server whose log this comes from; absent for what this client sent or received itself. */
  seen_by: z.string().optional(),
  /** The server that sent it, where its log tells. */
  sent_by: z.string().optional(),
  /** No HTTP answer, or one that broke off. Both null: handed to a browser whose answer was not seen. */
  failure: failure.nullable(),
});

const stepRecord = z.object({
  id: z.string(),
  /**
   * done: it did its work; again: sent the run back to an earlier step; open: nobody asked for a
   * token here; refused: stopped on purpose.
   */
  outcome: z.enum(['done', 'again', 'failed', 'skipped', 'refused', 'open', 'interrupted']),
  reason: z.string().nullable(),
  exchanges: z.array(z.number().int().positive()),
  duration_ms: milliseconds,
  /** 1 for the first pass; a step that was gone back to has more. */
  pass: z.number().int().positive().optional(),
  /** What the step noticed or decided, a sentence each. */
  notes: z.array(z.string()).optional(),
});

const secret = z.object({
  label: z.string(),
  /** Length in characters. */
  length: z.number().int().nonnegative(),
  /** Which characters it is made of; absent for what a human made. */
  alphabet: z.enum(['unreserved', 'visible-ascii', 'other']).optional(),
  jwt: z
    .object({
      header: z.record(z.string(), z.unknown()),
      claims: z.record(z.string(), z.unknown()),
    })
    .optional(),
});

export const traceSchema = z.object({
  trace_version: z.literal(TRACE_VERSION),
  metadata: z.object({
    tool: z.object({ name: z.string(), version: z.string() }),
    server_url: z.string(),
    timestamp: z.string(),
    duration_ms: milliseconds,
    total_requests: z.number().int().nonnegative(),
    username: z.string().nullable(),
    /** Id of the client profile. */
    client: z.string(),
    revision: z.object({ asked: z.string(), used: z.string().nullable() }),
    consent: z.string(),
    /** What made the file: trace, self-test, or an import. */
    source: z.string(),
    /** True when the flow went on where a real client must stop. */
    lenient: z.boolean().optional(),
    /** True when certificates were not verified. */
    insecure: z.boolean().optional(),
    /** False for a file made with --no-redact. */
    redacted: z.boolean().optional(),
    /** What the user asked for beyond the defaults and a rule has to know. */
    options: z
      .object({
        client_id_given: z.boolean().optional(),
        scope_given: z.string().optional(),
        authorization_server_given: z.string().optional(),
        grant: z.string().optional(),
      })
      .optional(),
  }),
  sequence_summary: z.object({
    outcome: z.enum(['completed', 'failed', 'refused', 'open', 'interrupted']),
    failed_step: z.string().nullable(),
    reason: z.string().nullable(),
    client_id: z.string().nullable(),
    auth_code_received: z.boolean(),
    access_token_received: z.boolean(),
    refresh_token_received: z.boolean(),
    steps: z.array(stepRecord),
  }),
  secrets: z.array(secret),
  trace_log: z.array(exchangeSchema),
});

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** A whole recorded run. */
export type Trace = DeepReadonly<z.infer<typeof traceSchema>>;
/** One request and what came of it. */
export type Exchange = DeepReadonly<z.infer<typeof exchangeSchema>>;
/** A header pair, `[name, value]`. */
export type Header = Exchange['request']['headers'][number];
/** A recorded body. */
export type Body = DeepReadonly<z.infer<typeof body>>;
/** What became of one pass of one step. */
export type StepRecord = Trace['sequence_summary']['steps'][number];
/** What is known of a secret once its text is gone. */
export type Secret = Trace['secrets'][number];
/** Why no answer came. */
export type Failure = NonNullable<Exchange['failure']>;
/** TLS facts of a connection. */
export type Tls = NonNullable<Exchange['connection']['tls']>;
/** The id of a step of the sequence. */
export type StepId = (typeof STEP_IDS)[number];
/** How a run ended. */
export type Outcome = Trace['sequence_summary']['outcome'];
