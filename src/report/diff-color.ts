/** The colour of a difference: by what it means, not by whether something came or went. */
import type { ChalkInstance } from 'chalk';
import type { Difference, FindingFact } from '../diff/difference.ts';
import { SEVERITY_LOOKS } from './paint.ts';

type Color = (text: string) => string;

/** Green for the better, red for the worse, as the report colours findings; dim for what may be either. */
export function changeColor(difference: Difference, chalk: ChalkInstance): Color {
  const { kind, weight, after } = difference;
  if (kind === 'finding' && weight === 'finding')
    return isFinding(after) ? SEVERITY_LOOKS[after.severity].color(chalk) : chalk.green;
  return weight === 'outcome' || weight === 'cause' ? endingColor(after, chalk) : chalk.dim;
}

/** How a run or a step ends, or what is to blame for it, by its first word. */
function endingColor(after: unknown, chalk: ChalkInstance): Color {
  if (typeof after !== 'string' || /^(?:completes|done)/.test(after)) return chalk.green;
  return /^(?:is let in|open|again|skipped|not taken)/.test(after) ? chalk.yellow : chalk.red;
}

function isFinding(value: unknown): value is FindingFact {
  return typeof value === 'object' && value !== null && 'severity' in value;
}
