import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { judgedSubject } from '../../library/judged.ts';
import { isReportName, type ReportName } from '../../report/index.ts';
import type { ReportOptions } from '../../report/reporter.ts';
import type { Trace } from '../../trace/schema.ts';
import { shownPath } from '../destination.ts';
import { EXIT, type ExitCode, UserError } from '../exit.ts';
import { type Io, isColored } from '../io.ts';
import { readShownTrace } from '../read-trace.ts';
import { render, writeText } from '../rendering.ts';
import { withServerLogs } from '../server-logs.ts';
import { subjectIn } from '../verdict.ts';

/** What `show` was asked. */
export interface ShowOptions {
  readonly format?: string;
  readonly output?: string;
  readonly open?: boolean;
  readonly step?: string;
  readonly exchange?: string;
  readonly headers?: boolean;
  readonly bodies?: boolean;
  readonly serverLog: readonly string[];
}

/** Shows a saved trace in one of the forms people use. */
export async function showCommand(file: string, options: ShowOptions, io: Io): Promise<ExitCode> {
  const { output, open = false } = options;
  const format = chooseFormat(options);
  if (open && format !== 'html')
    throw new UserError(`--open shows the html report, and --format is ${format}: leave one away`);
  if (output !== undefined && output !== '-' && resolve(io.cwd, output) === resolve(io.cwd, file))
    throw new UserError(`${JSON.stringify(output)} is the trace itself: choose another name`);
  const trace = withServerLogs(await readShownTrace(file, io), options.serverLog, io);
  const path = pathOf(options, io);
  const text = await render(format, subjectIn(file, judgedSubject(trace), io), {
    ...narrowing(options, trace),
    color: path === undefined && isColored(io, 'stdout'),
    width: path === undefined ? io.columns : 100,
  });
  if (path === undefined) io.stdout(text);
  else {
    writeText(path, text, output ?? path);
    io.stderr(`Report: ${shownPath(path, io)}\n`);
  }
  if (open && path !== undefined) await io.openFile(path);
  return EXIT.ok;
}

/** Formats by the name of the file they are written to. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  '.har': 'har',
  '.html': 'html',
  '.json': 'json',
  '.md': 'markdown',
  '.mmd': 'mermaid',
  '.ndjson': 'ndjson',
  '.puml': 'plantuml',
  '.sarif': 'sarif',
  '.sh': 'curl',
  '.txt': 'text',
  '.xml': 'junit',
};

function chooseFormat({ format, output = '', open }: ShowOptions): ReportName {
  const extension = extname(output).toLowerCase();
  const chosen = format ?? (open ? 'html' : EXTENSIONS[extension]);
  if (chosen === undefined && extension !== '')
    throw new UserError(
      `no format goes with the name ${JSON.stringify(output)}, expected one that ends in ${Object.keys(EXTENSIONS).join(', ')}, or --format`,
    );
  return chosen !== undefined && isReportName(chosen) ? chosen : 'text';
}

/** The file to write; undefined for stdout. What is opened needs one, if only a temporary one. */
function pathOf({ output, open }: ShowOptions, io: Io): string | undefined {
  if (output !== undefined && output !== '-') return resolve(io.cwd, output);
  return open ? join(mkdtempSync(join(tmpdir(), 'mcp-oauth-trace-')), 'trace.html') : undefined;
}

function narrowing(
  { step, exchange, headers, bodies }: ShowOptions,
  trace: Trace,
): Partial<ReportOptions> {
  return {
    ...(step !== undefined && { step }),
    ...(exchange !== undefined && { exchange: readExchange(exchange, trace) }),
    ...(headers && { headers }),
    ...(bodies && { bodies }),
  };
}

function readExchange(text: string, { trace_log: log }: Trace): number {
  const id = Number(text);
  if (log.some((exchange) => exchange.id === id)) return id;
  const held = log.length === 0 ? 'no exchange' : `exchanges ${log[0]?.id} to ${log.at(-1)?.id}`;
  throw new UserError(`--exchange is ${JSON.stringify(text)}, but the trace holds ${held}`);
}
