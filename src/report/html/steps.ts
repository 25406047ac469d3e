/** What became of each step, and why where one did not do its work. */
import type { Finding } from '../../rules/rule.ts';
import type { StepRecord } from '../../trace/schema.ts';
import { counted } from '../layout.ts';
import { STEP_WORDS } from '../words.ts';
import { type Content, type Markup, markup } from './markup.ts';
import { tallyMarkup } from './pins.ts';
import { milliseconds } from './timeline.ts';

/** The steps in order; a finding counts at the step that shows it first. */
export function stepsMarkup(steps: readonly StepRecord[], findings: readonly Finding[]): Content {
  const remarks = remarksOf(steps);
  return (
    steps.length > 0 &&
    markup`<section aria-labelledby="steps-title"><h2 id="steps-title">Steps</h2>
<ol class="steps">${steps.map((step) => stepMarkup(step, foundAt(step, findings)))}</ol>
${remarks.length > 0 && markup`<dl class="reasons">${remarks.map(({ names, told }) => markup`<div><dt>${names.join(', ')}</dt>${told.map((one) => markup`<dd>${one}</dd>`)}</div>`)}</dl>`}</section>`
  );
}

function foundAt({ exchanges }: StepRecord, findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ evidence: [first] }) => first && exchanges.includes(first.exchange));
}

function stepMarkup(step: StepRecord, findings: readonly Finding[]): Markup {
  const { outcome, exchanges, duration_ms } = step;
  const [first] = exchanges;
  const name = nameOf(step);
  const { mark, word } = STEP_WORDS[outcome];
  return markup`<li class="step ${outcome} ${worstOf(findings)}">
<span class="step-name">${first === undefined ? name : markup`<a href="#x${first}" class="to-exchange">${name}</a>`}</span>
<span class="step-outcome">${mark} ${word}</span>${tallyMarkup(findings)}
${exchanges.length > 0 && markup`<span class="step-detail"><span>${counted(exchanges.length, 'request')},</span> <span>${milliseconds(duration_ms)}</span></span>`}</li>`;
}

function worstOf(findings: readonly Finding[]): string {
  const found = new Set(findings.map(({ severity }) => severity));
  if (found.has('error')) return 'with-error';
  return found.has('warning') ? 'with-warning' : '';
}

interface Remark {
  readonly names: readonly string[];
  readonly told: readonly string[];
}

/** Reasons and notes; steps that say the same, one after the other, say it together. */
function remarksOf(steps: readonly StepRecord[]): readonly Remark[] {
  const remarks: Remark[] = [];
  let before = '';
  for (const step of steps) {
    const { reason, notes = [] } = step;
    if (reason === null && notes.length === 0) continue;
    const key = JSON.stringify([reason, notes]);
    const same = key === before ? remarks.pop() : undefined;
    before = key;
    remarks.push({
      names: [...(same?.names ?? []), nameOf(step)],
      told: same?.told ?? [...(reason === null ? [] : [reason]), ...notes],
    });
  }
  return remarks;
}

function nameOf({ id, pass }: StepRecord): string {
  return pass !== undefined && pass > 1 ? `${id}, pass ${pass}` : id;
}
