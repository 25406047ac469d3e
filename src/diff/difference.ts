import type { Role } from '../trace/view.ts';

/** What a difference weighs, the heaviest first: how differences are ordered. */
export const WEIGHTS = [
  'outcome',
  'cause',
  'finding',
  'contract',
  'behaviour',
  'detail',
  'timing',
] as const;

/** How much a difference matters. */
export type Weight = (typeof WEIGHTS)[number];

/** What a difference is about. */
export type DifferenceKind =
  | 'outcome'
  | 'cause'
  | 'finding'
  | 'setup'
  | 'host'
  | 'step'
  | 'exchange'
  | 'failure'
  | 'status'
  | 'request'
  | 'header'
  | 'redirect'
  | 'body'
  | 'scope'
  | 'lifetime'
  | 'tool'
  | 'identity'
  | 'token'
  | 'tls'
  | 'timing';

/** Whether something came, went or became something else. */
export type Change = 'added' | 'removed' | 'changed';

/** Where a difference stands: the aligned exchange and a JSON pointer into its record. */
export interface Where {
  /** Null for what concerns the whole run. */
  readonly step: string | null;
  readonly role: Role | null;
  /** What tells exchanges of one role apart: JSON-RPC method, grant type, well-known name. */
  readonly name: string | null;
  /** 1 for the first exchange of its step, role and name. */
  readonly occurrence: number | null;
  /** RFC 6901, as a finding's evidence points. */
  readonly pointer: string;
  /** Ids of the exchanges in the two files. */
  readonly exchanges: { readonly before: number | null; readonly after: number | null };
}

/** One thing that is not as it was. Volatile values stand as names in braces, never spelled out. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly change: Change;
  readonly where: Where;
  /** Absent on the side that lacks it. */
  readonly before?: unknown;
  readonly after?: unknown;
  readonly weight: Weight;
  /** What the two exchanges were answered with; absent for what is no part of both. */
  readonly statuses?: { readonly before: number | null; readonly after: number | null };
  /** What was, then what is, without the place. */
  readonly text: string;
  /** Further places where the very same change shows. */
  readonly also: readonly Where[];
  /** Why it matters, where a rule knows; told by whoever knows the rules. */
  readonly why?: string;
}

/** A finding as the caller's judge made it. */
export interface FindingFact {
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly step?: string;
  /** Where it can be seen: exchanges of its own trace, and pointers into their records. */
  readonly evidence?: readonly { readonly exchange: number; readonly pointer: string }[];
}

/** Findings of two runs set against each other. */
export interface FindingChanges {
  readonly appeared: readonly FindingFact[];
  readonly gone: readonly FindingFact[];
  readonly still: readonly FindingFact[];
}

/** A host of the two runs and the name that stands for it in every text. */
export interface HostName {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** Something that the two runs were asked for in another way: the client profile, the revision, … */
export interface SettingChange {
  /** In a word or two. */
  readonly name: string;
  readonly before: string | boolean | null;
  readonly after: string | boolean | null;
}

/** What two traces do not share, what matters most first. */
export interface TraceDiff {
  readonly same: boolean;
  /** Empty for two runs of the same kind; else what the client does differs for that reason. */
  readonly settings: readonly SettingChange[];
  /** The servers of both runs; that they are not the same is no difference by itself. */
  readonly hosts: readonly HostName[];
  readonly differences: readonly Difference[];
  readonly findings: FindingChanges;
}

/** What the judge said of one side. */
export interface Judged {
  readonly findings?: readonly FindingFact[];
  /** Why the run ended as it did, one sentence. */
  readonly cause?: string;
}

/** How two traces are compared. */
export interface DiffOptions {
  readonly before?: Judged;
  readonly after?: Judged;
  /** Pointers (with all below them), names of headers, fields or tools, and rule ids to leave out. */
  readonly ignore?: readonly string[];
  /** Steps to look at; all when absent. */
  readonly only?: readonly string[];
  /** Reports a large change of an exchange's duration. */
  readonly timing?: boolean;
}
