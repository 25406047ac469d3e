/** The top of the page: what was traced, how it ended, how much was found. */
import type { Finding } from '../../rules/rule.ts';
import type { Trace } from '../../trace/schema.ts';
import { nameOutcome } from '../outcome.ts';
import { type Content, type Markup, markup } from './markup.ts';
import { tallyMarkup } from './pins.ts';
import { milliseconds } from './timeline.ts';

/** Title, outcome and circumstances. */
export function headingMarkup(trace: Trace, findings: readonly Finding[]): Markup {
  const { metadata, sequence_summary: summary } = trace;
  const { used, asked } = metadata.revision;
  return markup`<header class="heading">
<p class="kind">OAuth trace</p>
<h1>${metadata.server_url}</h1>
<p class="verdict"><span class="outcome ${summary.outcome}">${nameOutcome(trace)}</span>${tallyMarkup(findings)}</p>
${caveatsOf(metadata).map((caveat) => markup`<p class="caveat">! ${caveat}</p>`)}
<dl class="circumstances">
<div><dt>MCP revision</dt><dd>${used ?? asked}</dd></div>
<div><dt>Client</dt><dd>${metadata.client}</dd></div>
<div><dt>Consent</dt><dd>${metadata.consent}</dd></div>
<div><dt>Requests</dt><dd>${metadata.total_requests}</dd></div>
<div><dt>Took</dt><dd>${milliseconds(metadata.duration_ms)}</dd></div>
<div><dt>Recorded</dt><dd>${metadata.timestamp.replace(/^(\S+)T(\d\d:\d\d:\d\d)\S*Z$/, '$1 $2 UTC')}</dd></div>
<div><dt>By</dt><dd>${metadata.tool.name} ${metadata.tool.version}</dd></div>
</dl></header>`;
}

/** What makes the run easier than a real client's. */
function caveatsOf({ insecure, lenient }: Trace['metadata']): readonly string[] {
  return [
    ...(insecure ? ['Certificates were not verified (--insecure).'] : []),
    ...(lenient ? ['It goes on where a real client must stop (--lenient).'] : []),
  ];
}

/** The reason as it was recorded, where no cause is known. */
export function reasonMarkup({ sequence_summary: { reason } }: Trace): Content {
  return (
    reason !== null && markup`<section class="cause"><h2>Reason</h2><p>${reason}</p></section>`
  );
}
