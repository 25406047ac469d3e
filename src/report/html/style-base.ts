/** Colours by meaning, letters, spacing, paper. */
export const BASE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f7f7f5; --card: #ffffff; --sunken: #f1f1ee; --ink: #1c1e23; --soft: #5a606c; --line: #e2e2dd;
  --accent: #3f51b5; --accent-soft: #eceefa;
  --ok: #17733f; --ok-soft: #e5f4ea; --redirect: #1f5fb8; --redirect-soft: #e6effa;
  --refusal: #8a5a00; --refusal-soft: #fbf1dc; --error: #b3261e; --error-soft: #fbe9e7;
  --secret-0: #6a3fa0; --secret-1: #0b6e6e; --secret-2: #a03a6a; --secret-3: #3f5fa0; --secret-4: #7a5a14; --secret-5: #2f6f2f;
  --dns: #8d8d99; --connect: #b08a3c; --tls: #8a64b8; --wait: #4a7fd0; --receive: #3f9e6e;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #131519; --card: #1b1e24; --sunken: #15181d; --ink: #e6e7ea; --soft: #9ea5b1; --line: #2e333c;
    --accent: #9fadff; --accent-soft: #23283d;
    --ok: #6fd09a; --ok-soft: #16291f; --redirect: #86b7ff; --redirect-soft: #17253a;
    --refusal: #e6b95c; --refusal-soft: #2c2412; --error: #ff9a90; --error-soft: #351b1a;
    --secret-0: #c7a6f5; --secret-1: #6fd3d0; --secret-2: #f2a0c6; --secret-3: #9db8f7; --secret-4: #dcbf74; --secret-5: #94d494;
    --dns: #8b909c; --connect: #c6a050; --tls: #a886d6; --wait: #6f9fe8; --receive: #5cb98a;
  }
}
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 400 0.9375rem/1.55 var(--sans); }
.heading, main { max-width: 112rem; margin-inline: auto; padding-inline: clamp(1rem, 3vw, 3rem); }
main { padding-bottom: 5rem; }
main > section { margin-top: 2.5rem; }
h1, h2, h3, p, dl, dd, ol, ul, pre { margin: 0; }
ol, ul { padding: 0; list-style: none; }
h2 { margin-bottom: 0.875rem; font-size: 1.0625rem; font-weight: 650; letter-spacing: -0.005em; }
h3 { font-size: 0.75rem; font-weight: 650; letter-spacing: 0.04em; text-transform: uppercase; color: var(--soft); }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 0.2em; text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
code, pre, kbd, .pairs, .start-line, .facts dd, .call, .reply, .what, .ending, .bar-label { font-family: var(--mono); font-size: 0.8125rem; font-variant-ligatures: none; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 2; }
summary { cursor: pointer; }
.count { margin-left: 0.25rem; font-weight: 450; color: var(--soft); }
.absent { color: var(--soft); }
.unseen-text { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.secret { border-radius: 3px; padding: 0 0.15em; background: color-mix(in srgb, currentColor 10%, transparent); }
.secret.same { outline: 1px solid currentColor; }
.secret-none { color: var(--soft); }
.secret-0 { color: var(--secret-0); } .secret-1 { color: var(--secret-1); } .secret-2 { color: var(--secret-2); }
.secret-3 { color: var(--secret-3); } .secret-4 { color: var(--secret-4); } .secret-5 { color: var(--secret-5); }
.pin { display: inline-block; min-width: 1.25rem; padding: 0 0.35rem; border-radius: 1rem; font: 650 0.6875rem/1.25rem var(--sans); text-align: center; color: var(--card); background: var(--tone); }
.pin.further { color: var(--tone); background: transparent; box-shadow: inset 0 0 0 1.5px currentColor; }
.pin.error, .severity.error, .tally.error { --tone: var(--error); } .pin.warning, .severity.warning, .tally.warning { --tone: var(--refusal); } .pin.info, .severity.info { --tone: var(--redirect); }
.severity, .tally { font-weight: 650; color: var(--tone); white-space: nowrap; }
@media print {
  :root { --paper: #fff; --card: #fff; --sunken: #fff; --ink: #000; --soft: #444; --line: #bbb; }
  body { font-size: 9pt; }
  .toolbar, .overview > label { display: none !important; }
  .workbench, .overview { display: block !important; }
  .pin { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .panel { display: block !important; position: static !important; max-height: none !important; overflow: visible !important; margin-bottom: 1.5rem; }
  .exchange, .card, .arrow, .step { break-inside: avoid-page; }
  .exchange[open] { break-inside: auto; }
  details::details-content { content-visibility: visible !important; display: block !important; }
  pre, .pairs dd.long { max-height: none !important; }
}
`;
