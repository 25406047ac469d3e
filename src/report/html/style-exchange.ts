/** The exchanges and the bar to search them. */
export const EXCHANGE_STYLE = `
.exchanges { container-type: inline-size; min-width: 0; }
.exchanges h2 { margin-bottom: 0.75rem; }
.toolbar { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: center; margin-bottom: 0.875rem; font-size: 0.875rem; }
.toolbar input[type=search], .toolbar select, .toolbar button { font: inherit; color: inherit; padding: 0.3125rem 0.625rem; border: 1px solid var(--line); border-radius: 6px; background: var(--card); }
.toolbar input[type=search] { flex: 1 1 9rem; min-width: 0; }
.toolbar ::placeholder { color: var(--soft); opacity: 1; }
.toolbar button { cursor: pointer; }
.toolbar label { display: flex; gap: 0.375rem; align-items: center; }
.keys { flex-basis: 100%; font-size: 0.75rem; color: var(--soft); }
@media (hover: none) { .keys { display: none; } }
kbd { padding: 0 0.3125rem; border: 1px solid var(--line); border-radius: 4px; background: var(--card); font-size: 0.6875rem; }
.exchange { --tone: var(--ok); margin-bottom: 0.375rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.exchange.redirect { --tone: var(--redirect); } .exchange.refusal { --tone: var(--refusal); } .exchange.error, .exchange.failure { --tone: var(--error); } .exchange.unseen { --tone: var(--soft); }
.exchange.current { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
.exchange > summary { display: flex; flex-wrap: wrap; gap: 0.125rem 0.75rem; align-items: baseline; padding: 0.5rem 0.875rem; list-style: none; border-radius: 8px; }
.exchange > summary::-webkit-details-marker { display: none; }
.exchange > summary:hover { background: var(--sunken); }
.exchange[open] > summary { border-bottom: 1px solid var(--line); border-radius: 8px 8px 0 0; }
.id { flex: 0 0 1.5rem; color: var(--soft); font-variant-numeric: tabular-nums; text-align: right; font-size: 0.8125rem; }
.what { flex: 1 1 9rem; min-width: 0; overflow-wrap: anywhere; }
.ending { flex: 0 1 auto; max-width: 45%; color: var(--tone); font-weight: 560; overflow-wrap: anywhere; }
.exchange > summary .time { flex: 0 0 3.5rem; text-align: right; color: var(--soft); font-size: 0.75rem; font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) { .ending { flex-basis: 100%; max-width: none; order: 1; margin-left: 2.25rem; } }
.inside { padding: 0.875rem clamp(0.875rem, 2vw, 1.25rem) 1.125rem; scroll-margin-top: 4rem; }
.place, .connection { font-size: 0.8125rem; color: var(--soft); overflow-wrap: anywhere; }
.connection { margin-top: 0.5rem; }
.phases { margin-top: 1rem; }
.pinned { display: grid; gap: 0.25rem; margin-top: 0.875rem; font-size: 0.875rem; overflow-wrap: anywhere; }
.pinned code { color: var(--soft); }
.fact-tables { display: grid; gap: 0.75rem; }
.fact-tables:not(:empty) { margin-top: 0.875rem; }
.facts { padding: 0.75rem 1rem 0.875rem; border-radius: 8px; background: var(--sunken); }
.facts dl { display: grid; gap: 0.25rem; margin-top: 0.5rem; }
.facts dl > div { display: grid; grid-template-columns: minmax(6rem, min(11rem, 34%)) minmax(0, 1fr); gap: 0.75rem; }
.facts dt { color: var(--soft); font-size: 0.8125rem; overflow-wrap: anywhere; }
.facts dd { overflow-wrap: anywhere; }
.facts dd.good .note { color: var(--ok); } .facts dd.bad, .facts dd.bad .note { color: var(--error); }
.note { margin-left: 0.375rem; font-family: var(--sans); color: var(--soft); }
.messages { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; margin-top: 1.125rem; }
@container (min-width: 42rem) { .messages { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
.message { min-width: 0; }
.message > * + * { margin-top: 0.5rem; }
.start-line { overflow-wrap: anywhere; font-weight: 500; }
.start-line b { font-weight: 700; }
.pairs > div { padding: 0.0625rem 0; overflow-wrap: anywhere; }
.pairs dt { display: inline; color: var(--soft); }
.pairs dt::after { content: ": "; }
.pairs.form dt::after, .pairs.query dt::after { content: " = "; }
.pairs dd { display: inline; }
.pairs dd.long { display: block; max-height: 6rem; overflow: auto; }
.pairs.query, .pairs.form { padding: 0.5rem 0.75rem; border-radius: 6px; background: var(--sunken); }
.body { max-height: 32rem; overflow: auto; padding: 0.625rem 0.75rem; border-radius: 6px; background: var(--sunken); line-height: 1.5; }
.json-name { color: var(--accent); } .json-text { color: var(--ok); } .json-word { color: var(--refusal); }
.broken { color: var(--error); overflow-wrap: anywhere; }
`;
