import { writeFileSync } from 'node:fs';
import { loadReporter } from '../report/index.ts';
import type { ReportOptions, ReportSubject } from '../report/reporter.ts';
import { UserError } from './exit.ts';

/** The text of a report, ended by a line end. */
export async function render(
  format: string,
  subject: ReportSubject,
  options: ReportOptions,
): Promise<string> {
  const reporter = await loadReporter(format);
  const text = reporter(subject, options);
  return text.endsWith('\n') ? text : `${text}\n`;
}

/**
 * Writes what can be made again at any time; like a trace it is for its owner. `name` stands in the messages.
 * @throws {UserError} when the disk or the folder refuses.
 */
export function writeText(path: string, text: string, name: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`${JSON.stringify(name)} cannot be written (${code ?? 'unknown'})`);
  }
}
