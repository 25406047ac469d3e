import { plainJson } from '../trace/plain-json.ts';
import type { DiffReporter } from './diff-sections.ts';
import { withReasons } from './diff-why.ts';

/** A diff as data, with the reason why each difference matters where a rule knows. */
export const diffJson: DiffReporter = (diff, { before, after }) =>
  `${plainJson({ before, after, ...withReasons(diff) }, 2)}\n`;
