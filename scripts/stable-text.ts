/** Text in which what differs from run to run is named instead: what is left can be compared. */
export function stableText(text: string): string {
  return REPLACEMENTS.reduce((left, [pattern, name]) => left.replaceAll(pattern, name), text);
}

const REPLACEMENTS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/(127\.0\.0\.1|localhost):\d+/g, '$1:PORT'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, 'TIME'],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UUID'],
  // Cut in its middle to fit its column.
  [/\b[0-9a-f]{8}-[0-9a-f]{2,3}…[0-9a-f]{1,3}(-[0-9a-f]{4})+-[0-9a-f]{12}\b/g, 'UUID'],
  [/ *\d+(?:\.\d+)? +ms\b/g, ' N ms'],
  [/oauth_trace_\d{8}_\d{6}/g, 'oauth_trace_TIME'],
  [/\d+ rules judged, \d+ do not apply/g, 'N rules judged, N do not apply'],
  [/\d+ characters/g, 'N characters'],
  [/\/\S*\/(?:command-line|readme)-\w+/g, 'FOLDER'],
];
