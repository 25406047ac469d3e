/** Findings, told in full once: the one that is the cause in its box, the others in the list. */
import type { Cause } from '../../rules/cause.ts';
import type { Finding } from '../../rules/rule.ts';
import { type Content, type Markup, markup } from './markup.ts';
import { anchorOf, CAUSE_ANCHOR, exchangesOf, severityMarkup } from './pins.ts';

/** Why the run broke, and who mends it. */
export function causeMarkup({ step, message, fault, fix, exchange, finding }: Cause): Markup {
  const link = exchange !== undefined && evidenceLinks([exchange]);
  return markup`<section class="cause" id="${finding ? anchorOf(finding) : CAUSE_ANCHOR}" aria-labelledby="cause-title">
<h2 id="cause-title">The cause, at ${step}</h2>
${finding ? findingMarkup(finding) : [toldMarkup(message, fault, fix), link && markup`<p class="cause-evidence">${link}</p>`]}</section>`;
}

/** Every finding, the heaviest first, each with links to its evidence. */
export function findingsMarkup(findings: readonly Finding[], cause: Cause | undefined): Markup {
  const others = findings.filter((finding) => finding !== cause?.finding);
  return markup`<section id="findings" aria-labelledby="findings-title">
<h2 id="findings-title">Findings <span class="count">${findings.length}</span></h2>
${cause?.finding && causeLink(cause.finding)}
${others.length > 0 && markup`<div class="cards">${others.map(cardMarkup)}</div>`}
${findings.length === 0 && markup`<p class="absent">${cause ? 'Nothing besides the cause.' : 'No rule found fault with this run.'}</p>`}
</section>`;
}

function causeLink(finding: Finding): Markup {
  return markup`<p class="cause-link">${severityMarkup(finding.severity)} <a href="#${anchorOf(finding)}">${finding.rule.id}</a> is the cause, told above.</p>`;
}

function cardMarkup(finding: Finding): Markup {
  return markup`<article class="card ${finding.severity}" id="${anchorOf(finding)}">${findingMarkup(finding)}</article>`;
}

/** What was seen, who mends it and how, folded the reasons. */
function findingMarkup(finding: Finding): Content {
  const { rule, severity, fault, message, fix } = finding;
  return markup`<p class="card-head">${severityMarkup(severity)} <code>${rule.id}</code>${evidenceLinks(exchangesOf(finding))}</p>
${toldMarkup(message, fault, fix)}
<details class="why"><summary>Why it matters</summary>
<p>${rule.why}</p>
<p><b>Required (${rule.level}):</b> ${rule.requires}</p>
${rule.example && markup`<pre tabindex="0">${rule.example}</pre>`}
${rule.affected && markup`<p><b>Breaks</b> (${rule.affected.confidence}): ${rule.affected.clients.join(', ')}</p>`}
<ul class="references">${rule.spec.map(({ title, url }) => markup`<li><a href="${url}" rel="noreferrer noopener">${title}</a></li>`)}</ul>
</details>`;
}

function toldMarkup(message: string, fault: Finding['fault'], fix: string): Content {
  return markup`<p class="card-message">${message}</p>
<p class="card-fix"><b>${FAULTS[fault]}:</b> ${fix}</p>`;
}

/** Who has to act, as the start of a sentence. */
const FAULTS: Readonly<Record<Finding['fault'], string>> = {
  'mcp-server': 'MCP server',
  'authorization-server': 'Authorization server',
  deployment: 'Deployment',
  client: 'Client',
  user: 'User',
};

function evidenceLinks(exchanges: readonly number[]): Content {
  return (
    exchanges.length > 0 &&
    markup`<span class="evidence">${exchanges.map((id) => markup` <a href="#x${id}" class="to-exchange">exchange ${id}</a>`)}</span>`
  );
}
