/** Heading, cause, steps, findings. */
export const SUMMARY_STYLE = `
.heading { padding-top: clamp(1.5rem, 4vw, 3.25rem); }
.kind { color: var(--soft); font-size: 0.8125rem; font-weight: 550; letter-spacing: 0.02em; }
h1 { margin-top: 0.25rem; font-size: clamp(1.25rem, 2.4vw, 1.875rem); font-weight: 680; line-height: 1.2; letter-spacing: -0.018em; overflow-wrap: anywhere; }
.verdict { display: flex; flex-wrap: wrap; gap: 0.375rem 0.875rem; align-items: baseline; margin-top: 0.875rem; font-size: 0.8125rem; }
.caveat { margin-top: 0.5rem; font-weight: 560; color: var(--refusal); }
.outcome { padding: 0.125rem 0.625rem; border-radius: 0.75rem; font-weight: 620; overflow-wrap: anywhere; min-width: 0; }
.outcome.completed { color: var(--ok); background: var(--ok-soft); }
.outcome.failed, .outcome.refused { color: var(--error); background: var(--error-soft); }
.outcome.open, .outcome.interrupted { color: var(--refusal); background: var(--refusal-soft); }
.circumstances { display: flex; flex-wrap: wrap; gap: 0.75rem 2.25rem; margin-top: 1.25rem; }
.circumstances dt { font-size: 0.75rem; color: var(--soft); }
.circumstances dd { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.cause { padding: 1.125rem 1.375rem; border-radius: 10px; background: var(--error-soft); border: 1px solid color-mix(in srgb, var(--error) 25%, transparent); }
.cause h2 { margin-bottom: 0.375rem; color: var(--error); font-size: 0.8125rem; }
.cause { overflow-wrap: anywhere; }
.cause .card-message { font-size: 1.0625rem; }
.cause .why pre { background: var(--card); }
.cause-evidence { margin-top: 0.375rem; font-size: 0.8125rem; }
.cause-link { margin-bottom: 0.875rem; font-size: 0.875rem; }
.card:target, .cause:target { outline: 2px solid var(--accent); outline-offset: 2px; }
.steps { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.625rem; }
/* Nine steps leave no card alone in a row. */
@media (min-width: 25rem) { .steps { grid-template-columns: repeat(3, minmax(0, 1fr)); } }
@media (min-width: 40rem) { .steps { grid-template-columns: repeat(5, minmax(0, 1fr)); } }
@media (min-width: 74rem) { .steps { grid-template-columns: repeat(auto-fit, minmax(7rem, 1fr)); } }
.step { max-width: 15rem; display: flex; flex-direction: column; padding: 0.5rem 0.5rem 0.625rem; background: var(--card); border: 1px solid var(--line); border-top: 3px solid var(--soft); border-radius: 6px; }
.step.done, .step.open { border-top-color: var(--ok); }
.step.interrupted, .step.again, .step.with-warning { border-top-color: var(--refusal); }
.step.failed, .step.refused, .step.with-error { border-top-color: var(--error); }
.step .tally { font-size: 0.75rem; }
.step.skipped { border-top-color: var(--line); color: var(--soft); background: transparent; }
.step-name { font-weight: 600; font-size: 0.75rem; overflow-wrap: anywhere; }
.step-detail { display: flex; flex-wrap: wrap; column-gap: 0.375rem; }
.step-name a { color: inherit; text-decoration: none; }
.step-name a:hover { text-decoration: underline; }
.step-outcome { font-weight: 560; }
.step.done .step-outcome { color: var(--ok); } .step.failed .step-outcome, .step.refused .step-outcome { color: var(--error); }
.step-outcome, .step-detail { font-size: 0.75rem; color: var(--soft); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.reasons { display: grid; gap: 0.25rem; margin-top: 0.875rem; font-size: 0.875rem; }
.reasons > div { display: grid; grid-template-columns: minmax(0, 14rem) minmax(0, 1fr); gap: 0 0.75rem; }
@media (max-width: 40rem) { .reasons { gap: 0.625rem; } .reasons > div { grid-template-columns: minmax(0, 1fr); } }
.reasons dt { font-weight: 600; } .reasons dd { grid-column: -2; } .reasons dd { color: var(--soft); overflow-wrap: anywhere; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); gap: 0.875rem; align-items: start; }
.card { padding: 0.875rem 1.125rem; background: var(--card); border: 1px solid var(--line); border-left: 3px solid var(--soft); border-radius: 6px; overflow-wrap: anywhere; }
.card.error { border-left-color: var(--error); } .card.warning { border-left-color: var(--refusal); } .card.info { border-left-color: var(--redirect); }
.card-head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.125rem 0.625rem; font-size: 0.8125rem; }
.card-head code { color: var(--soft); }
.evidence { margin-left: auto; }
.evidence a + a { margin-left: 0.375rem; }
.card-message { margin-top: 0.375rem; font-weight: 530; }
.card-fix { margin-top: 0.375rem; }
.why { margin-top: 0.5rem; font-size: 0.875rem; color: var(--soft); }
.why summary { width: fit-content; font-size: 0.8125rem; }
.why p, .why pre, .why ul { margin-top: 0.5rem; }
.why pre { padding: 0.625rem 0.75rem; border-radius: 6px; background: var(--sunken); color: var(--ink); }
.references { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; font-size: 0.8125rem; }
`;
