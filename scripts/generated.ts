/** Everything in the repository that is derived from the source. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { processIo } from '../src/cli/process-io.ts';
import { createProgram } from '../src/cli/program.ts';
import { diff } from '../src/diff/diff.ts';
import { rulesDocument } from '../src/rules/document.ts';
import { parseTrace } from '../src/trace/parse.ts';
import { traceSchemaDocument } from '../src/trace/schema-document.ts';
import { goldenTraces } from './golden-traces.ts';
import { manPage } from './man-page.ts';
import { withRuns } from './readme-runs.ts';
import { traceTypes } from './trace-types.ts';

/** A file and what it has to hold. */
export interface Generated {
  readonly file: string;
  readonly text: string;
  /** Whether the file, as it stands, is as good as the new text. */
  readonly same: (old: string, text: string) => boolean;
}

/** Makes all of them. */
export async function generated(): Promise<readonly Generated[]> {
  const program = createProgram(processIo(), () => {});
  const schema = traceSchemaDocument();
  const traces = await goldenTraces();
  return [
    {
      file: 'trace.schema.json',
      text: `${JSON.stringify(schema, null, 2)}\n`,
      same: isEqual,
    },
    {
      file: 'types/trace.d.ts',
      text: formatted('types/trace.d.ts', traceTypes(schema)),
      same: isEqual,
    },
    { file: 'README.md', text: await withRuns(readFileSync('README.md', 'utf8')), same: isEqual },
    { file: 'docs/rules.md', text: rulesDocument(), same: isEqual },
    { file: 'man/mcp-oauth-trace.1', text: manPage(program), same: isEqual },
    ...traces.map(({ name, text }) => ({
      file: `traces/reference/${name}.json`,
      text,
      same: isSameRun,
    })),
  ];
}

function formatted(file: string, text: string): string {
  const biome = 'node_modules/.bin/biome';
  return execFileSync(biome, ['format', `--stdin-file-path=${file}`], { input: text }).toString();
}

function isEqual(old: string, text: string): boolean {
  return old === text;
}

/**
 * Two runs are never equal byte by byte: they are the same when our own diff finds nothing. The
 * certificates of a world are made anew at each start.
 */
function isSameRun(old: string, text: string): boolean {
  try {
    return diff(parseTrace(old), parseTrace(text), { ignore: ['valid_to'] }).same;
  } catch {
    return false;
  }
}
