import type { Reporter } from './reporter.ts';

/** The registry: every reporter by name, loaded when asked for, so that `--help` loads none. */
const LOADERS = {
  text: async () => (await import('./text.ts')).text,
  json: async () => (await import('./json.ts')).json,
  markdown: async () => (await import('./markdown.ts')).markdown,
  html: async () => (await import('./html.ts')).html,
  mermaid: async () => (await import('./mermaid.ts')).mermaid,
  plantuml: async () => (await import('./plantuml.ts')).plantuml,
  har: async () => (await import('./har.ts')).har,
  curl: async () => (await import('./curl.ts')).curl,
  junit: async () => (await import('./junit.ts')).junit,
  sarif: async () => (await import('./sarif.ts')).sarif,
  ndjson: async () => (await import('./ndjson.ts')).ndjson,
} as const satisfies Readonly<Record<string, () => Promise<Reporter>>>;

/** The name of a reporter. */
export type ReportName = keyof typeof LOADERS;

/** Every name that `loadReporter` takes. */
export const REPORT_NAMES = Object.keys(LOADERS) as readonly ReportName[];

/** True for the name of a reporter. */
export function isReportName(name: string): name is ReportName {
  return Object.hasOwn(LOADERS, name);
}

/**
 * Loads a reporter.
 * @throws {RangeError} for a name that is none: ask `isReportName` first
 */
export async function loadReporter(name: string): Promise<Reporter> {
  if (!isReportName(name))
    throw new RangeError(`report ${JSON.stringify(name)} is not one of ${REPORT_NAMES.join(', ')}`);
  return LOADERS[name]();
}
