/** Sequence diagram and timeline. */
export const DIAGRAM_STYLE = `
.workbench { display: grid; grid-template-columns: minmax(0, 1fr); gap: 2.5rem; margin-top: 3rem; }
@media (min-width: 72rem) {
  .workbench { grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); align-items: start; }
  .overview { position: sticky; top: 1rem; }
  .panel { max-height: calc(100vh - 4.5rem); }
}
.overview { display: grid; grid-template-columns: auto auto 1fr; gap: 0.75rem 0.375rem; }
.overview > input { position: absolute; opacity: 0; }
.overview > label { grid-row: 1; padding: 0.1875rem 0.75rem; border-radius: 1rem; font-weight: 600; font-size: 0.875rem; color: var(--soft); cursor: pointer; }
.overview > label[for=show-timeline] { grid-column: 2; }
.overview > input:checked + label { color: var(--accent); background: var(--accent-soft); }
.overview > input:focus-visible + label { outline: 2px solid var(--accent); }
.panel { grid-column: 1 / -1; grid-row: 2; position: relative; min-width: 0; max-height: 75vh; overflow: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
#show-diagram:not(:checked) ~ .diagram-panel, #show-timeline:not(:checked) ~ .timeline-panel { display: none; }
.diagram { position: relative; padding-bottom: 1rem; }
.lane-names { display: grid; position: sticky; top: 0; z-index: 2; padding: 0.75rem 0 0.625rem; background: var(--card); border-bottom: 1px solid var(--line); border-radius: 10px 10px 0 0; }
.lane { padding-inline: 0.375rem; text-align: center; line-height: 1.25; }
.lane b { display: block; overflow-wrap: anywhere; font-size: 0.8125rem; font-weight: 640; }
.lane small { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--soft); font-size: 0.6875rem; }
@media (max-width: 40rem) { .lane { padding-inline: 0.125rem; } .lane b { font-size: 0.6875rem; } }
.lifelines { display: grid; position: absolute; inset: 3.5rem 0 0; pointer-events: none; }
.lifelines i { justify-self: center; width: 1px; background: var(--line); }
.arrows { position: relative; }
.step-mark { display: flex; justify-content: center; margin: 1rem 0 0.375rem; }
.step-mark span { padding: 0.0625rem 0.75rem; border-radius: 1rem; border: 1px solid var(--line); background: var(--sunken); color: var(--soft); font-size: 0.75rem; font-weight: 600; }
.arrow { --tone: var(--ok); display: grid; position: relative; padding: 0.25rem 0 0.375rem; color: var(--ink); text-decoration: none; row-gap: 0.125rem; }
.arrow.redirect { --tone: var(--redirect); } .arrow.refusal { --tone: var(--refusal); } .arrow.error, .arrow.failure { --tone: var(--error); } .arrow.unseen { --tone: var(--soft); }
.arrow:hover { background: color-mix(in srgb, var(--tone) 6%, transparent); }
.arrow:focus-visible { outline-offset: -2px; }
.current > .arrow, .current > a { background: var(--accent-soft); }
.call, .reply { position: relative; min-width: 0; padding: 0.125rem 0.75rem 0.1875rem; font-size: 0.71875rem; line-height: 1.35; overflow-wrap: anywhere; }
.call { border-bottom: 1.5px solid var(--ink); }
.call > span, .reply > span { display: inline-block; position: relative; left: 50%; width: max-content; max-width: 100%; padding-inline: 0.25rem; text-align: center; transform: translateX(-50%); background: var(--card); }
.arrow:hover :is(.call, .reply) > span, .current > .arrow :is(.call, .reply) > span { background: transparent; }
.call b { font-weight: 650; color: var(--soft); }
.reply { border-bottom: 1.5px dashed var(--tone); color: var(--tone); font-weight: 560; }
.call::after, .reply::after { content: ""; position: absolute; bottom: -4.75px; border: 4px solid transparent; }
.rightwards::after { right: 0; border-left-color: var(--ink); border-right-width: 0; border-left-width: 7px; }
.leftwards::after { left: 0; border-right-color: var(--ink); border-left-width: 0; border-right-width: 7px; }
.reply.rightwards::after { border-left-color: var(--tone); }
.reply.leftwards::after { border-right-color: var(--tone); }
.failure > .reply::after { content: "×"; bottom: -0.71rem; border: 0; font: 700 1rem/1 var(--sans); }
.faded { opacity: 0.28; }
.timeline { padding: 0.875rem 1rem 1rem; }
.legend, .phases { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; font-size: 0.75rem; color: var(--soft); }
.legend span::before, .phases span::before { content: ""; display: inline-block; width: 0.5625rem; height: 0.5625rem; margin-right: 0.375rem; border-radius: 2px; background: var(--phase); }
.phase-dns { --phase: var(--dns); } .phase-connect { --phase: var(--connect); } .phase-tls { --phase: var(--tls); } .phase-wait { --phase: var(--wait); } .phase-receive { --phase: var(--receive); }
.bars { margin-top: 0.75rem; }
.bars a { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) 3.25rem 2rem; gap: 0.5rem; align-items: center; padding: 0.0625rem 0.25rem; border-radius: 4px; color: inherit; text-decoration: none; }
.bars a:hover { background: var(--accent-soft); }
.bar-label { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 0.71875rem; }
.bar-label b { color: var(--soft); }
.bar { width: 100%; height: 0.75rem; border-radius: 2px; background: var(--sunken); }
.bar rect { fill: var(--phase); } .bar .least { fill: var(--wait); }
.bar-time { text-align: right; font-size: 0.75rem; color: var(--soft); font-variant-numeric: tabular-nums; }
.timeline > .absent { margin-top: 0.75rem; font-size: 0.8125rem; }
`;
