/** Findings: the list at the top, and the cards pinned to their exchanges. */
import type { Cause } from '../../rules/cause.ts';
import type { Finding } from '../../rules/rule.ts';
import { type Content, type Markup, markup } from './markup.ts';

/** Findings by the exchange that shows them; each is pinned once, at its first evidence. */
export type Pins = ReadonlyMap<number, readonly Finding[]>;

/** Sorts findings to their exchanges. */
export function pinFindings(findings: readonly Finding[]): Pins {
  const pins = new Map<number, Finding[]>();
  for (const finding of findings) {
    const [first] = finding.evidence;
    if (!first) continue;
    const known = pins.get(first.exchange);
    if (known) known.push(finding);
    else pins.set(first.exchange, [finding]);
  }
  return pins;
}

/** Every finding, the heaviest first, each with links to its evidence. */
export function findingsMarkup(findings: readonly Finding[], cause: Cause | undefined): Markup {
  const none = cause ? 'Nothing besides the cause.' : 'No rule found fault with this run.';
  return markup`<section id="findings" aria-labelledby="findings-title">
<h2 id="findings-title">Findings <span class="count">${findings.length}</span></h2>
${findings.length === 0 ? markup`<p class="absent">${none}</p>` : markup`<div class="cards">${findings.map((finding) => cardMarkup(finding, true))}</div>`}
</section>`;
}

/** One finding: what was seen, who mends it and how, folded the reasons. */
export function cardMarkup(finding: Finding, hasLinks: boolean): Markup {
  const { rule, severity, fault, message, fix, evidence } = finding;
  return markup`<article class="card ${severity}">
<p class="card-head"><span class="severity">${severity}</span> <code>${rule.id}</code>${hasLinks && evidenceLinks(evidence)}</p>
<p class="card-message">${message}</p>
<p class="card-fix"><b>${FAULTS[fault]}:</b> ${fix}</p>
<details class="why"><summary>Why it matters</summary>
<p>${rule.why}</p>
<p><b>Required (${rule.level}):</b> ${rule.requires}</p>
${rule.example && markup`<pre tabindex="0">${rule.example}</pre>`}
${rule.affected && markup`<p><b>Breaks</b> (${rule.affected.confidence}): ${rule.affected.clients.join(', ')}</p>`}
<ul class="references">${rule.spec.map(({ title, url }) => markup`<li><a href="${url}" rel="noreferrer noopener">${title}</a></li>`)}</ul>
</details>
</article>`;
}

/** Who has to act, as the start of a sentence. */
export const FAULTS: Readonly<Record<Finding['fault'], string>> = {
  'mcp-server': 'MCP server',
  'authorization-server': 'Authorization server',
  deployment: 'Deployment',
  client: 'Client',
};

function evidenceLinks(evidence: Finding['evidence']): Content {
  const ids = [...new Set(evidence.map(({ exchange }) => exchange))];
  return markup`<span class="evidence">${ids.map((id) => markup` <a href="#x${id}" class="to-exchange">exchange ${id}</a>`)}</span>`;
}
