/**
 * mcp-oauth-trace as a library: run the sequence, judge a trace, compare two, report.
 * Importing it does nothing.
 */
export { form } from './consent/form.ts';
export { diff, findCause, report } from './library/reading.ts';
export { trace } from './library/run.ts';
export { judge } from './rules/judge.ts';
export { writeTrace } from './trace/file.ts';
export { readTrace } from './trace/saved-trace.ts';
