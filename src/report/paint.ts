import { Chalk, type ChalkInstance } from 'chalk';
import type { Severity } from '../rules/rule.ts';
import type { Exchange, StepRecord } from '../trace/schema.ts';

/** The colours of the report, or none. */
export function paintOf(color: boolean): ChalkInstance {
  return new Chalk({ level: color ? 1 : 0 });
}

type Color = (text: string) => string;

/** A mark, the word beside it and its colour. */
export interface Look {
  readonly mark: string;
  readonly word: string;
  readonly color: (paint: ChalkInstance) => Color;
}

/** How each severity looks. */
export const SEVERITY_LOOKS: Readonly<Record<Severity, Look>> = {
  error: { mark: '✗', word: 'error', color: ({ red }) => red },
  warning: { mark: '!', word: 'warning', color: ({ yellow }) => yellow },
  info: { mark: '·', word: 'note', color: ({ cyan }) => cyan },
};

/** How each end of a step looks. */
export const STEP_LOOKS: Readonly<Record<StepRecord['outcome'], Look>> = {
  done: { mark: '✓', word: 'done', color: ({ green }) => green },
  failed: { mark: '✗', word: 'failed', color: ({ red }) => red },
  refused: { mark: '✗', word: 'stopped', color: ({ red }) => red },
  open: { mark: '!', word: 'open', color: ({ yellow }) => yellow },
  again: { mark: '✓', word: 'went back', color: ({ cyan }) => cyan },
  skipped: { mark: '–', word: 'skipped', color: ({ dim }) => dim },
  interrupted: { mark: '✗', word: 'interrupted', color: ({ red }) => red },
};

/** The colour of a status, or of the error in its place. */
export function statusColor({ response }: Exchange, paint: ChalkInstance): Color {
  const { status = 0 } = response ?? {};
  if (status >= 200 && status < 300) return paint.green;
  if (status >= 300 && status < 400) return paint.cyan;
  return status >= 400 && status < 500 ? paint.yellow : paint.red;
}
