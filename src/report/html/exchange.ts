/** One exchange: a line that unfolds to everything known of it. */
import type { Exchange } from '../../trace/schema.ts';
import { isDistrusted } from '../../trace/tls.ts';
import type { View } from '../../trace/view.ts';
import type { Arrow, Lane } from '../lanes.ts';
import { factsMarkup } from './fact.ts';
import { factsOf } from './facts.ts';
import { type Markup, markup } from './markup.ts';
import { messagesMarkup } from './message.ts';
import { type Pins, pinList, pinMark } from './pins.ts';
import type { MarkSecrets } from './secret-chips.ts';
import { milliseconds, phasesMarkup } from './timeline.ts';

/** What the exchanges of a page have in common. */
export interface Surroundings {
  readonly view: View;
  readonly lanes: readonly Lane[];
  readonly pins: Pins;
  readonly mark: MarkSecrets;
  /** The exchange that stands open: the one to look at first. */
  readonly open: number | undefined;
}

/** The folded exchange. The anchor stands inside, so that following a link unfolds it without a script. */
export function exchangeMarkup(arrow: Arrow, around: Surroundings): Markup {
  const { exchange, request, response, ending, role } = arrow;
  const pins = around.pins.get(exchange.id);
  return markup`<details class="exchange ${ending}" data-exchange="${exchange.id}" data-step="${exchange.step}"${exchange.id === around.open && markup` open`}>
<summary><span class="id">${exchange.id}</span> <span class="what">${request}</span> <span class="ending">${response}</span> ${pinMark(pins)}<span class="time">${milliseconds(exchange.timing.total_ms)}</span></summary>
<div class="inside" id="x${exchange.id}">
<p class="place">${exchange.step} · ${role !== exchange.step && `${role} · `}${exchange.seen_by === undefined ? CHANNELS[exchange.channel] : `from the log of ${exchange.seen_by}`} · ${laneTitle(arrow.from, around)} to ${laneTitle(arrow.to, around)}${exchange.caused_by !== null && markup` · led here by <a href="#x${exchange.caused_by}" class="to-exchange">exchange ${exchange.caused_by}</a>`}</p>
${pinList(pins)}
<div class="fact-tables">${factsMarkup(factsOf(exchange, around.view), around.mark)}</div>
${messagesMarkup(exchange, around.mark)}
${phasesMarkup(exchange)}
${connectionMarkup(exchange)}
</div></details>`;
}

const CHANNELS: Readonly<Record<Exchange['channel'], string>> = {
  back: 'direct',
  front: "through the user's browser",
  loopback: 'callback on this machine',
  probe: 'an extra request',
};

function laneTitle(id: string, { lanes }: Surroundings): string {
  return lanes.find((lane) => lane.id === id)?.title ?? id;
}

function connectionMarkup({ connection, started_at }: Exchange): Markup {
  const { remote_address, http_version, tls, reused } = connection;
  const parts = [
    `started ${started_at}`,
    remote_address === null ? 'no connection' : `connected to ${remote_address}`,
    http_version === null ? '' : `HTTP/${http_version}`,
    reused ? 'connection used before' : '',
    tls === null ? '' : `${tls.protocol}, ${tls.cipher}`,
    tls?.certificate
      ? `certificate by ${tls.certificate.issuer} until ${tls.certificate.valid_to}`
      : '',
    tls && isDistrusted(tls) ? `not trusted: ${tls.authorization_error ?? 'no reason given'}` : '',
  ];
  return markup`<p class="connection">${parts.filter((part) => part !== '').join(' · ')}</p>`;
}
