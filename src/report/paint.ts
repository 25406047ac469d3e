import { Chalk, type ChalkInstance } from 'chalk';
import type { Severity } from '../rules/rule.ts';
import type { Exchange, StepRecord } from '../trace/schema.ts';
import { SEVERITY_WORDS, STEP_WORDS, type Word } from './words.ts';

/** The colours of the report, or none. */
export function paintOf(color: boolean): ChalkInstance {
  return new Chalk({ level: color ? 1 : 0 });
}

type Color = (text: string) => string;

/** A mark, the word beside it and its colour. */
export interface Look extends Word {
  readonly color: (paint: ChalkInstance) => Color;
}

/** How each severity looks. */
export const SEVERITY_LOOKS: Readonly<Record<Severity, Look>> = {
  error: { ...SEVERITY_WORDS.error, color: ({ red }) => red },
  warning: { ...SEVERITY_WORDS.warning, color: ({ yellow }) => yellow },
  info: { ...SEVERITY_WORDS.info, color: ({ cyan }) => cyan },
};

/** How each end of a step looks. */
export const STEP_LOOKS: Readonly<Record<StepRecord['outcome'], Look>> = {
  done: { ...STEP_WORDS.done, color: ({ green }) => green },
  failed: { ...STEP_WORDS.failed, color: ({ red }) => red },
  refused: { ...STEP_WORDS.refused, color: ({ red }) => red },
  open: { ...STEP_WORDS.open, color: ({ yellow }) => yellow },
  again: { ...STEP_WORDS.again, color: ({ cyan }) => cyan },
  skipped: { ...STEP_WORDS.skipped, color: ({ dim }) => dim },
  interrupted: { ...STEP_WORDS.interrupted, color: ({ red }) => red },
};

/** The colour of a status, or of the error in its place. */
export function statusColor({ response }: Exchange, paint: ChalkInstance): Color {
  const { status = 0 } = response ?? {};
  if (status >= 200 && status < 300) return paint.green;
  if (status >= 300 && status < 400) return paint.cyan;
  return status >= 400 && status < 500 ? paint.yellow : paint.red;
}
