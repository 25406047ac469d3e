/** The top of the page: what was traced, how it ended, why, and what each step did. */
import type { Cause } from '../../rules/cause.ts';
import type { StepRecord, Trace } from '../../trace/schema.ts';
import { FAULTS } from './findings.ts';
import { type Content, type Markup, markup } from './markup.ts';
import { milliseconds } from './timeline.ts';

/** Title, outcome and circumstances. */
export function headingMarkup(trace: Trace): Markup {
  const { metadata, sequence_summary: summary } = trace;
  const { used, asked } = metadata.revision;
  return markup`<header class="heading">
<p class="kind">OAuth trace</p>
<h1>${metadata.server_url}</h1>
<p class="verdict"><span class="outcome ${summary.outcome}">${OUTCOMES[summary.outcome]}</span>${summary.failed_step !== null && markup` <span>at <b>${summary.failed_step}</b></span>`}</p>
<dl class="circumstances">
<div><dt>MCP revision</dt><dd>${used ?? asked}</dd></div>
<div><dt>Client</dt><dd>${metadata.client}</dd></div>
<div><dt>Consent</dt><dd>${metadata.consent}</dd></div>
<div><dt>Requests</dt><dd>${metadata.total_requests}</dd></div>
<div><dt>Took</dt><dd>${milliseconds(metadata.duration_ms)}</dd></div>
<div><dt>Recorded</dt><dd>${metadata.timestamp}</dd></div>
<div><dt>By</dt><dd>${metadata.tool.name} ${metadata.tool.version}</dd></div>
</dl></header>`;
}

const OUTCOMES: Readonly<Record<Trace['sequence_summary']['outcome'], string>> = {
  completed: 'Completed',
  failed: 'Failed',
  refused: 'Stopped by the client',
  open: 'No authorization asked for',
  interrupted: 'Interrupted',
};

/** Why the run broke, and who mends it; without a known cause, the reason as it was recorded. */
export function causeMarkup(trace: Trace, cause: Cause | undefined): Content {
  const { reason } = trace.sequence_summary;
  if (!cause)
    return (
      reason !== null && markup`<section class="cause"><h2>Reason</h2><p>${reason}</p></section>`
    );
  const link =
    cause.exchange !== undefined &&
    markup` <a href="#x${cause.exchange}" class="to-exchange">See exchange ${cause.exchange}</a>`;
  return markup`<section class="cause"><h2>The cause</h2>
<p class="cause-message">${cause.message}</p>
<p><b>${FAULTS[cause.fault]}:</b> ${cause.fix}${link}</p></section>`;
}

/** The steps in order, each with what became of it; why, below them, where one did not do its work. */
export function stepsMarkup(steps: readonly StepRecord[]): Markup {
  const reasons = steps.filter(({ reason }) => reason !== null);
  return markup`<section aria-labelledby="steps-title"><h2 id="steps-title">Steps</h2>
<ol class="steps">${steps.map(stepMarkup)}</ol>
${reasons.length > 0 && markup`<dl class="reasons">${reasons.map((step) => markup`<div><dt>${nameOf(step)}</dt><dd>${step.reason ?? ''}</dd></div>`)}</dl>`}</section>`;
}

function stepMarkup(step: StepRecord): Markup {
  const { outcome, exchanges, duration_ms } = step;
  const [first] = exchanges;
  const name = nameOf(step);
  const requests = `${exchanges.length} ${exchanges.length === 1 ? 'request' : 'requests'}`;
  return markup`<li class="step ${outcome}">
<span class="step-name">${first === undefined ? name : markup`<a href="#x${first}" class="to-exchange">${name}</a>`}</span>
<span class="step-outcome">${outcome}</span>
${exchanges.length > 0 && markup`<span class="step-detail"><span>${requests},</span> <span>${milliseconds(duration_ms)}</span></span>`}</li>`;
}

function nameOf({ id, pass }: StepRecord): string {
  return pass !== undefined && pass > 1 ? `${id}, pass ${pass}` : id;
}
