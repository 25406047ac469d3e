/**
 * mcp-oauth-trace as a library: run the sequence, judge a trace, compare two.
 * Importing it does nothing.
 */
export { findClient } from './clients/index.ts';
export type { ClientProfile } from './clients/profile.ts';
export type { Consent } from './consent/consent.ts';
export { type FormOptions, form } from './consent/form.ts';
export { diff } from './diff/diff.ts';
export type { Difference, TraceDiff } from './diff/difference.ts';
export { type TraceOptions, trace } from './library.ts';
export { type Judgement, judge } from './rules/judge.ts';
export type { Fault, Finding, Level, Rule, Severity } from './rules/rule.ts';
export { writeTrace } from './trace/file.ts';
export { readTrace } from './trace/saved-trace.ts';
export type { Exchange, Header, StepRecord, Trace } from './trace/schema.ts';
