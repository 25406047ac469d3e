import type { DeviceAuthorizationResponse } from 'openid-client';
import type { Consent, ConsentTools } from '../consent/consent.ts';
import type { AddressGuard, Http } from '../http/http.ts';
import type { Loopback } from '../http/loopback.ts';
import type { Challenge } from '../oauth/challenge.ts';
import type { ResourceMetadata, ServerMetadata, Tokens } from '../oauth/documents.ts';
import type { Reference } from '../spec/references.ts';
import type { Revision } from '../spec/revisions.ts';
import type { StepId } from '../trace/schema.ts';
import type { DpopKeys } from './dpop-keys.ts';
import type { AuthMethod, FlowOptions } from './options.ts';

/** What the steps have found out so far; each adds its part. */
export interface Facts {
  /** The refusal that started it all. */
  readonly challenge: { readonly exchange: number; readonly bearer: Challenge | undefined };
  /** `document` is null where the server publishes none: the layout of the first revision. */
  readonly resource: {
    readonly document: ResourceMetadata | null;
    /** What `resource` parameters say, in revisions that have them (RFC 8707). */
    readonly identifier: string;
  };
  readonly server: {
    readonly issuer: string;
    readonly metadata: ServerMetadata;
    /** False where the endpoints are the first revision's defaults. */
    readonly published: boolean;
  };
  readonly client: Client;
  readonly grant: Grant;
  readonly tokens: Tokens & { readonly access_token: string };
  /** The MCP revision the server chose. */
  readonly revision: string;
  /** The revision of the other era that the server pointed at: an era belongs to a server. */
  readonly spoken: Revision;
  /** The scope asked for so far. */
  readonly asked: string;
  /** The scope that a refused call named: it is asked for next. */
  readonly stepUp: string;
  /** The method of that call. */
  readonly refused: string;
  /** The key that tokens are bound to. */
  readonly dpop: DpopKeys;
  /** What earlier passes obtained before the run went back. */
  readonly superseded: readonly Holding[];
}

/** What a run holds at an authorization server, and leaves behind unless it cleans up. */
export interface Holding {
  readonly server: Facts['server'];
  readonly client: Client;
  readonly tokens?: Facts['tokens'];
}

/** What a token is asked for with. */
export type Grant =
  | {
      readonly kind: 'code';
      readonly code: string;
      readonly verifier: string;
      readonly redirectUri: string;
    }
  | { readonly kind: 'client-credentials' }
  /** An assertion for the JWT bearer grant (RFC 7523). */
  | { readonly kind: 'assertion'; readonly assertion: string }
  | { readonly kind: 'device'; readonly device: DeviceAuthorizationResponse };

/** The identity under which this run asks for tokens. */
export interface Client {
  readonly id: string;
  readonly secret?: string;
  readonly authMethod: AuthMethod;
  /** The scope it may ask for at most, where the registration narrowed it. */
  readonly scope?: string;
  readonly redirectUri: string;
  readonly origin: ClientOrigin;
  /** Where and with which token the registration can be deleted (RFC 7592). */
  readonly management?: { readonly uri: string; readonly token: string };
}

/**
 * Where a client comes from: the user, its own metadata document, this run's registration, the same
 * and kept in the user's store, or that store since an earlier run.
 */
export type ClientOrigin = 'given' | 'document' | 'registered' | 'kept-now' | 'kept-earlier';

/** What a step may use. Steps never log, write or judge. */
export interface Tools {
  readonly options: FlowOptions;
  readonly http: Http;
  readonly guard: AddressGuard;
  readonly consent: Consent;
  readonly signal: AbortSignal;
  /** Keeps a sentence with the step's record. */
  note(sentence: string): void;
  /** Keeps what was found out also where the step breaks later; what it returns is kept anyway. */
  found(facts: Partial<Facts>): void;
  /** Stops on purpose; with `lenient` it is noted instead and the step goes on. @throws {Refusal} */
  refuse(reason: string): void;
  /** The callback listener, opened at first use; moved to another place where one is wanted. */
  loopback(wanted?: {
    readonly host?: string;
    readonly port: number;
    readonly path: string;
  }): Promise<Loopback>;
  readonly say: ConsentTools['say'];
  readonly ask: ConsentTools['ask'];
}

/** A part of the sequence. */
export interface Step {
  readonly id: StepId;
  readonly title: string;
  readonly spec: readonly Reference[];
  /** Facts without which it is skipped. */
  readonly needs: readonly (keyof Facts)[];
  /** True for one that is due also where the run was interrupted before. */
  readonly isDueAnyway?: boolean;
  readonly run: (facts: Partial<Facts>, tools: Tools) => Promise<Partial<Facts>>;
}

/** Declares a step; `run` receives the facts it needs as present. */
export function defineStep<const N extends keyof Facts>(step: {
  readonly id: StepId;
  readonly title: string;
  readonly spec: readonly Reference[];
  readonly needs: readonly N[];
  readonly isDueAnyway?: boolean;
  readonly run: (facts: Pick<Facts, N> & Partial<Facts>, tools: Tools) => Promise<Partial<Facts>>;
}): Step {
  // The loop runs a step only when everything it needs is there.
  return step as Step;
}

/** The step could not do its work; the message says what was seen, then what was expected. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
}

/** Stopped on purpose, as a real client must here. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Nobody asked for a token. */
export class OpenServer extends Error {
  override readonly name = 'OpenServer';
}

/** Sends the run back to an earlier step, with what was learned. */
export class Again extends Error {
  override readonly name = 'Again';
  readonly to: StepId;
  readonly facts: Partial<Facts>;

  constructor(to: StepId, facts: Partial<Facts>, reason: string) {
    super(reason);
    this.to = to;
    this.facts = facts;
  }
}

/** There was nothing to do. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}
