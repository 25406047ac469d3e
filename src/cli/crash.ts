import { TOOL } from '../flow/tool.ts';
import { visible } from '../report/visible.ts';
import { withSources } from './source-names.ts';

/** What to tell when the fault is ours, and what to put into a report; no argument's value is shown. */
export function crashReport(error: unknown, argv: readonly string[] = []): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const options = argv.filter((word) => word.startsWith('-')).map((word) => word.split('=', 1)[0]);
  return [
    'mcp-oauth-trace: this is a bug in mcp-oauth-trace, not in your server.',
    'Please report it with these lines:',
    `  version ${TOOL.version}, node ${process.version}, ${process.platform} ${process.arch}`,
    `  options ${options.join(' ') || 'none'}`,
    // A message may quote what a server said.
    ...visible(withSources(stack))
      .split('\n')
      .map((line) => `  ${line}`),
    '',
  ].join('\n');
}
