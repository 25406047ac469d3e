import type { Exchange, Outcome, StepId } from '../../trace/schema.ts';
import type { Fault } from '../faults/fault.ts';
import type { WorldName } from './names.ts';
import type { Network } from './network.ts';

/** A deployment as people run it: several servers, and what a run against it comes to. */
export interface World {
  readonly name: WorldName;
  /** What it shows, in a sentence. */
  readonly describe: string;
  /** Who can log in; without a password, the one-time password is the way. */
  readonly users: readonly WorldUser[];
  /** A tool that takes the way through all of it. */
  readonly call: {
    readonly tool: string;
    readonly arguments: Readonly<Record<string, unknown>>;
  };
  /** A tool that needs more than the first challenge asks for, where there is one. */
  readonly stepUp?: World['call'];
  readonly expected: Expected;
  /** Whether its resource servers can ask about each token, besides reading it. */
  readonly canIntrospect?: true;
  readonly start: (network: Network, setting: Setting) => Promise<Started>;
}

/** Someone who can log in. */
export interface WorldUser {
  readonly username: string;
  readonly password?: string;
}

/** What a headless run with the tool call comes to. */
export interface Expected {
  readonly outcome: Outcome;
  /** Whether a refresh token is issued. */
  readonly refresh: boolean;
  /** Steps that have nothing to do. */
  readonly skipped: readonly StepId[];
  /** Ids of the rules that fail, in alphabetical order. */
  readonly findings: readonly string[];
}

/** What a world is told when it starts. */
export interface Setting {
  readonly port: number;
  readonly introspect: boolean;
  /** What the servers that a client talks to do wrong. */
  readonly faults: readonly Fault[];
  readonly now: () => number;
}

/** How a world is to run. */
export interface WorldOptions {
  /** Port of the server that the MCP URL names; default 0, a free one. */
  readonly port?: number;
  /** Resource servers ask the authorization server about each token besides reading it. */
  readonly introspect?: boolean;
  /** Ids of faults: what the servers that a client talks to shall do wrong. */
  readonly faults?: readonly string[];
  /** Called once for each exchange of each server. */
  readonly onExchange?: (exchange: Exchange) => void;
  /** Milliseconds since the epoch; for tests that have no time to wait. */
  readonly now?: () => number;
}

/** What a world knows once its servers listen. */
export interface Started {
  readonly mcpUrl: string;
  /** Addresses of host names that no name server knows, as `--resolve` takes them. */
  readonly resolve?: RunningWorld['resolve'];
  /** The authority to trust, PEM. */
  readonly ca?: string;
  /** Reads the latest one-time password out of the inbox. */
  readonly otp?: () => Promise<string>;
  /** Further places of the world that are worth a look, by name. */
  readonly places?: Readonly<Record<string, string>>;
  /** Where the way it was started makes a difference. */
  readonly expected?: Expected;
  /** Ends what is not a socket. */
  readonly close?: () => Promise<void>;
}

/** A world that runs. */
export interface RunningWorld
  extends Pick<World, 'name' | 'users' | 'call' | 'stepUp' | 'expected'> {
  readonly mcpUrl: string;
  readonly resolve: readonly {
    readonly host: string;
    readonly port: number;
    readonly address: string;
  }[];
  readonly ca?: string;
  readonly otp?: () => Promise<string>;
  readonly places: Readonly<Record<string, string>>;
  /** Every server, in the order they were opened, with what it has seen of late, unredacted. */
  readonly servers: readonly {
    readonly name: string;
    readonly origin: string;
    readonly exchanges: readonly Exchange[];
  }[];
  /** The latest exchanges of all servers. */
  readonly exchanges: readonly Exchange[];
  readonly close: () => Promise<void>;
}
