import { plainJson } from '../trace/plain-json.ts';
import type { DiffReporter } from './diff-sections.ts';
import { whyItMatters } from './diff-why.ts';

/** A diff as data, with the reason why each difference matters where a rule knows. */
export const diffJson: DiffReporter = (diff, { before, after }) => {
  const differences = diff.differences.map((difference) => {
    const why = whyItMatters(difference, diff.findings);
    return why === undefined ? difference : { ...difference, why };
  });
  return `${plainJson({ before, after, ...diff, differences }, 2)}\n`;
};
