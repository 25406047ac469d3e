import type { Finding } from '../rules/rule.ts';
import { viewTrace } from '../trace/view.ts';
import { diagramMarkup, diagramStyle } from './html/diagram.ts';
import { exchangeMarkup, type Surroundings } from './html/exchange.ts';
import { causeMarkup, findingsMarkup } from './html/findings.ts';
import { headingMarkup, reasonMarkup } from './html/heading.ts';
import { type Content, type Markup, markup } from './html/markup.ts';
import { pageSource } from './html/page.ts';
import { type Pins, pinFindings } from './html/pins.ts';
import { secretChips } from './html/secret-chips.ts';
import { stepsMarkup } from './html/steps.ts';
import { timelineMarkup } from './html/timeline.ts';
import { type Sequence, sequenceOf } from './lanes.ts';
import { isAsked } from './narrow.ts';
import type { Reporter } from './reporter.ts';
import { besideCause } from './told-once.ts';

/** From this many on, no browser scrolls a page well; the file holds all. */
const MOST_EXCHANGES = 2000;

/** One self-contained page: read without a script, searched and walked through with one. */
export const html: Reporter = ({ trace, judgement, cause }, options) => {
  const view = viewTrace(trace);
  const whole = sequenceOf(view, isAsked(options));
  const sequence = { ...whole, arrows: whole.arrows.slice(0, MOST_EXCHANGES) };
  const pins = pinFindings(judgement.findings, cause);
  const around: Surroundings = {
    view,
    lanes: sequence.lanes,
    pins,
    mark: secretChips(trace),
    open: cause?.exchange ?? firstToLookAt(judgement.findings),
  };
  return pageSource({
    title: `OAuth trace of ${trace.metadata.server_url}`,
    style: diagramStyle(sequence.lanes),
    body: [
      headingMarkup(trace, judgement.findings),
      markup`<main>`,
      cause ? causeMarkup(cause) : reasonMarkup(trace),
      stepsMarkup(besideCause(trace, cause).sequence_summary.steps, judgement.findings),
      findingsMarkup(judgement.findings, cause),
      workbench(sequence, pins, around),
      leftOut(whole.arrows.length - sequence.arrows.length),
      markup`</main>`,
    ],
  });
};

function leftOut(count: number): Content {
  return (
    count > 0 &&
    markup`<p class="absent">${count} further exchanges stand in the trace file; name a step or an exchange to see them here.</p>`
  );
}

/** The exchange of the first finding that is more than a remark. */
function firstToLookAt(findings: readonly Finding[]): number | undefined {
  return findings.find(({ severity }) => severity === 'error')?.evidence[0]?.exchange;
}

/** Diagram and timeline on one side, the exchanges on the other. */
function workbench(sequence: Sequence, pins: Pins, around: Surroundings): Markup {
  if (sequence.arrows.length === 0)
    return markup`<section><h2>Exchanges</h2><p class="absent">There is none to show.</p></section>`;
  return markup`<div class="workbench">
<section class="overview" aria-label="Overview">
<input type="radio" name="overview" id="show-diagram" checked><label for="show-diagram">Sequence</label>
<input type="radio" name="overview" id="show-timeline"><label for="show-timeline">Timeline</label>
<div class="panel diagram-panel">${diagramMarkup(sequence, pins)}</div>
<div class="panel timeline-panel">${timelineMarkup(sequence.arrows, pins)}</div>
</section>
<section class="exchanges" aria-labelledby="exchanges-title">
<h2 id="exchanges-title">Exchanges <span class="count">${sequence.arrows.length}</span></h2>
${toolbar(sequence)}
${sequence.arrows.map((arrow) => exchangeMarkup(arrow, around))}
<p class="absent" id="nothing" hidden>Nothing fits the search.</p>
</section>
</div>`;
}

/** Hidden until the script shows it: without one it would promise what it cannot do. */
function toolbar({ arrows }: Sequence): Content {
  const steps = [...new Set(arrows.map(({ exchange }) => exchange.step))];
  return markup`<div class="toolbar" id="toolbar" hidden>
<input type="search" id="search" placeholder="Search" aria-label="Search exchanges" autocomplete="off" spellcheck="false">
<select id="step" aria-label="Step"><option value="">Every step</option>${steps.map((step) => markup`<option>${step}</option>`)}</select>
<label><input type="checkbox" id="pinned"> with findings</label>
<button type="button" id="unfold">Unfold all</button>
<p class="keys"><kbd>j</kbd> <kbd>k</kbd> next, previous · <kbd>Enter</kbd> unfold · <kbd>/</kbd> search · <kbd>Esc</kbd> clear</p>
</div>`;
}
