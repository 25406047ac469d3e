/**
 * mcp-oauth-trace as a library: run the sequence, judge a trace, compare two, report.
 * Importing it does nothing.
 */
export { form } from './consent/form.ts';
export { diff, findCause, report, trace } from './library.ts';
export { judge } from './rules/judge.ts';
export { writeTrace } from './trace/file.ts';
export { readTrace } from './trace/saved-trace.ts';
