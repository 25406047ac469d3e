import * as z from 'zod';
import { UserError } from './exit.ts';
import { requireRule } from './known-rule.ts';
import { readText } from './settings.ts';

/** A finding that is known and accepted. */
export interface Expectation {
  readonly rule: string;
  /** Why it is accepted: for the people who read the file. */
  readonly reason: string;
  /** The server it holds for; for every server without one. */
  readonly server?: string | undefined;
}

const fileSchema = z.strictObject({
  expected: z.array(
    z.strictObject({
      rule: z.string(),
      reason: z.string().min(1),
      server: z.string().optional(),
    }),
  ),
});

/**
 * Reads an expectations file, `{"expected":[{"rule":"…","reason":"…","server":"…"}]}`, and keeps what
 * holds for this server.
 * @throws {UserError}
 */
export function readExpectations(file: string, serverUrl: string): readonly Expectation[] {
  const { expected } = parse(file);
  for (const { rule } of expected) requireRule(rule, `--expect ${JSON.stringify(file)}`);
  return expected.filter(({ server }) => server === undefined || server === serverUrl);
}

function parse(file: string): z.infer<typeof fileSchema> {
  const text = readText('--expect', file);
  try {
    return fileSchema.parse(JSON.parse(text), { error: problemOf });
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    const why = issue ? `${issue.path.join('.') || 'it'} ${issue.message}` : 'it is not JSON';
    throw new UserError(
      `--expect ${JSON.stringify(file)} cannot be used (${why}), ` +
        'expected {"expected":[{"rule":"…","reason":"…"}]}',
    );
  }
}

const KINDS: Readonly<Record<string, string>> = { array: 'list', object: 'object', string: 'text' };

/** What is wrong with a value, to be said behind its name. */
function problemOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `has ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}, which is not known`;
    case 'invalid_type':
      return issue.input === undefined ? 'is absent' : `is no ${KINDS[issue.expected]}`;
    default:
      return 'is empty';
  }
}
