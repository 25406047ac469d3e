/** The marks and words of every report for people, so that no two of them call one thing differently. */
import type { Fault, Severity } from '../rules/rule.ts';
import type { StepRecord } from '../trace/schema.ts';

/** A mark and the word beside it. */
export interface Word {
  readonly mark: string;
  readonly word: string;
}

/** What each severity is called. */
export const SEVERITY_WORDS: Readonly<Record<Severity, Word>> = {
  error: { mark: '✗', word: 'error' },
  warning: { mark: '!', word: 'warning' },
  info: { mark: '·', word: 'info' },
};

/** What each end of a step is called. */
export const STEP_WORDS: Readonly<Record<StepRecord['outcome'], Word>> = {
  done: { mark: '✓', word: 'done' },
  failed: { mark: '✗', word: 'failed' },
  refused: { mark: '✗', word: 'stopped' },
  open: { mark: '!', word: 'open' },
  again: { mark: '✓', word: 'went back' },
  skipped: { mark: '–', word: 'skipped' },
  interrupted: { mark: '✗', word: 'interrupted' },
};

/** Who has to act, in the order of the report. */
export const ACTORS: Readonly<Record<Fault, string>> = {
  'mcp-server': 'the MCP server',
  'authorization-server': 'the authorization server',
  deployment: 'the deployment (proxies, names, settings)',
  client: 'the client',
  user: 'the user (credentials, approval, options)',
};

/** Who has to act, where and how: `For the MCP server, at challenge: Answer 401.` */
export function dutyOf(fault: Fault, step: string, fix: string): string {
  return `For ${ACTORS[fault]}, at ${step}: ${fix}`;
}

/** What is said of an expectation whose rule passes now. */
export function staleWords(reason: string): string {
  return `no longer found, take it out of the expectations (${reason})`;
}
