/** The sequence diagram: a grid of lanes, an arrow there and one back per exchange, each a link. */
import type { Lane, Sequence } from '../lanes.ts';
import { isSameStep, type Message, messagesOf } from '../messages.ts';
import { type Content, type Markup, markup } from './markup.ts';
import { type Pins, pinMark } from './pins.ts';

/** Lanes and arrows in HTML; the columns are set by `diagramStyle`. */
export function diagramMarkup({ lanes, arrows }: Sequence, pins: Pins): Markup {
  const columns = new Map(lanes.map(({ id }, index) => [id, index]));
  return markup`<div class="diagram">
<div class="lane-names">${lanes.map(laneMarkup)}</div>
<div class="lifelines" aria-hidden="true">${lanes.map(() => markup`<i></i>`)}</div>
<ol class="arrows">${messagesOf(arrows).map((message, index, messages) => [
    !isSameStep(messages[index - 1], message) && stepMarkup(message.arrow.exchange.step),
    messageMarkup(message, messages[index - 1], messages[index + 1], columns, pins),
  ])}</ol>
</div>`;
}

function stepMarkup(step: string): Markup {
  return markup`<li class="step-mark" data-step="${step}"><span>${step}</span></li>`;
}

/** Narrower, the longest title runs into its neighbour's; the panel scrolls. Four fit a telephone. */
const REMS_PER_LANE = 5.7;

/** The rules that place arrows between lanes: inline styles are what the page's policy forbids. */
export function diagramStyle(lanes: readonly Lane[]): string {
  const count = lanes.length;
  const pairs = lanes.flatMap((_, from) =>
    lanes.map((__, to) => {
      const [left, right] = [Math.min(from, to), Math.max(from, to)];
      // Half a lane is free on either side of an arrow between neighbours.
      const words = right - left === 1 ? `.from-${from}.to-${to}>span{max-width:185%}` : '';
      return `.from-${from}.to-${to}{grid-column:${left * 2 + 2}/${right * 2 + 2}}${words}`;
    }),
  );
  return [
    `.diagram{min-width:${count * REMS_PER_LANE}rem}`,
    `.lane-names,.lifelines{grid-template-columns:repeat(${count},minmax(0,1fr))}`,
    `.arrow{grid-template-columns:repeat(${count * 2},minmax(0,1fr))}`,
    ...pairs,
  ].join('\n');
}

function laneMarkup({ id, title, origin }: Lane): Markup {
  const place = origin?.replace(/^https?:\/\//, '');
  return markup`<div class="lane lane-${id.replace(/\d+$/, '')}"><b>${title}</b>${place && place !== title && markup`<small title="${origin ?? ''}">${place}</small>`}</div>`;
}

/** Both ways in one link where nothing comes between them, else a link for each. */
function messageMarkup(
  { arrow, way }: Message,
  before: Message | undefined,
  after: Message | undefined,
  columns: ReadonlyMap<string, number>,
  pins: Pins,
): Content {
  const { exchange, request, response, ending } = arrow;
  const [from, to] = [columns.get(arrow.from) ?? 0, columns.get(arrow.to) ?? 0];
  const span = `from-${from} to-${to}`;
  const ways = from <= to ? ['rightwards', 'leftwards'] : ['leftwards', 'rightwards'];
  const isAnswered = way === 'back' || after?.arrow === arrow;
  if (way === 'back' && (before?.arrow === arrow || ending === 'unseen')) return undefined;
  return markup`<li data-exchange="${exchange.id}" data-step="${exchange.step}"><a class="arrow ${ending}" href="#x${exchange.id}">
${way === 'there' && markup`<span class="call ${span} ${ways[0]}"><span>${pinMark(pins.get(exchange.id))}<b>${exchange.id}</b> ${request}</span></span>`}
${isAnswered && ending !== 'unseen' && markup`<span class="reply ${span} ${ways[1]}"><span>${way === 'back' && markup`<b>${exchange.id}</b> `}${response}</span></span>`}</a></li>`;
}
