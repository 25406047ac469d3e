import type { StepRecord } from '../trace/schema.ts';
import type { RunEnvironment } from './environment.ts';
import { createListener } from './listener.ts';
import type { FlowOptions } from './options.ts';
import { defect, type Passed, pass } from './pass.ts';
import { factsBefore } from './passes.ts';
import { SEQUENCE } from './sequence.ts';
import type { Facts, Step } from './step.ts';

/** What came of the sequence. */
export interface Run {
  readonly facts: Partial<Facts>;
  readonly steps: readonly StepRecord[];
  /** An exception of ours; everything seen before it is kept. */
  readonly crash?: unknown;
}

/** Times a run may go back: three attempts in all, then a refusal stands. */
const MOST_RETURNS = 2;

/** Runs the steps in order: the only loop there is. Never throws. */
export async function run(options: FlowOptions, environment: RunEnvironment): Promise<Run> {
  let facts: Partial<Facts> = {};
  let returns = 0;
  const steps: StepRecord[] = [];
  const listener = createListener(options, environment);
  try {
    for (let index = 0; index < SEQUENCE.length; index += 1) {
      // The loop ends before it runs out of steps.
      const step = SEQUENCE[index] as Step;
      const passed = ended(
        await pass({
          step,
          number: steps.filter(({ id }) => id === step.id).length + 1,
          mayReturn: returns < MOST_RETURNS,
          facts,
          options,
          environment,
          loopback: listener.open,
        }),
        environment,
      );
      steps.push(passed.record);
      facts = { ...facts, ...passed.facts };
      if ('crash' in passed) return { facts, steps, crash: passed.crash };
      if (!passed.again) continue;
      returns += 1;
      const { to, facts: learned } = passed.again;
      index = SEQUENCE.findIndex(({ id }) => id === to) - 1;
      facts = { ...factsBefore(facts, index + 1), ...learned };
    }
    return { facts, steps };
  } finally {
    await listener.close();
  }
}

/** Tells the observer, whose own defects end the run too. */
function ended(passed: Passed, { observer }: RunEnvironment): Passed {
  try {
    observer.stepEnded(passed.record);
    return passed;
  } catch (error) {
    const { crash, ...outcome } = defect(error);
    return { ...passed, record: { ...passed.record, ...outcome }, crash };
  }
}
