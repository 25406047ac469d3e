/** The sequence diagram: a grid of lanes, an arrow there and one back per exchange, each a link. */
import type { Arrow, Lane, Sequence } from '../lanes.ts';
import type { Pins } from './findings.ts';
import { type Content, type Markup, markup } from './markup.ts';

/** Lanes and arrows in HTML; the columns are set by `diagramStyle`. */
export function diagramMarkup({ lanes, arrows }: Sequence, pins: Pins): Markup {
  const columns = new Map(lanes.map(({ id }, index) => [id, index]));
  return markup`<div class="diagram">
<div class="lane-names">${lanes.map(laneMarkup)}</div>
<div class="lifelines" aria-hidden="true">${lanes.map(() => markup`<i></i>`)}</div>
<ol class="arrows">${arrows.map((arrow, index) => [
    arrow.exchange.step !== arrows[index - 1]?.exchange.step &&
      markup`<li class="step-mark" data-step="${arrow.exchange.step}"><span>${arrow.exchange.step}</span></li>`,
    arrowMarkup(arrow, columns, pins),
  ])}</ol>
</div>`;
}

/** The rules that place arrows between lanes: inline styles are what the page's policy forbids. */
export function diagramStyle(lanes: readonly Lane[]): string {
  const count = lanes.length;
  const pairs = lanes.flatMap((_, from) =>
    lanes.map((__, to) => {
      const [left, right] = [Math.min(from, to), Math.max(from, to)];
      // Between neighbours with neighbours of their own, words may be wider than the arrow.
      const isInner = right - left === 1 && left > 0 && right < count - 1;
      const words = isInner ? `.from-${from}.to-${to}>span{max-width:185%}` : '';
      return `.from-${from}.to-${to}{grid-column:${left * 2 + 2}/${right * 2 + 2}}${words}`;
    }),
  );
  return [
    `.lane-names,.lifelines{grid-template-columns:repeat(${count},minmax(0,1fr))}`,
    `.arrow{grid-template-columns:repeat(${count * 2},minmax(0,1fr))}`,
    ...pairs,
  ].join('\n');
}

function laneMarkup({ id, title, origin }: Lane): Markup {
  const place = origin?.replace(/^https?:\/\//, '');
  return markup`<div class="lane lane-${id.replace(/\d+$/, '')}"><b>${title}</b>${place && place !== title && markup`<small title="${origin ?? ''}">${place}</small>`}</div>`;
}

function arrowMarkup(arrow: Arrow, columns: ReadonlyMap<string, number>, pins: Pins): Markup {
  const { exchange, request, response, ending } = arrow;
  const [from, to] = [columns.get(arrow.from) ?? 0, columns.get(arrow.to) ?? 0];
  const span = `from-${from} to-${to}`;
  const ways = from <= to ? ['rightwards', 'leftwards'] : ['leftwards', 'rightwards'];
  return markup`<li data-exchange="${exchange.id}" data-step="${exchange.step}"><a class="arrow ${ending}" href="#x${exchange.id}">
<span class="call ${span} ${ways[0]}"><span><b>${exchange.id}</b> ${request}</span></span>
${ending !== 'unseen' && markup`<span class="reply ${span} ${ways[1]}"><span>${response}</span></span>`}
${pinMark(pins.get(exchange.id))}</a></li>`;
}

/** A dot in the colour of the heaviest finding. */
function pinMark(
  findings: Pins extends ReadonlyMap<number, infer F> ? F | undefined : never,
): Content {
  const [first] = findings ?? [];
  if (!first || !findings) return undefined;
  const count = findings.length;
  const title = findings.map(({ rule }) => rule.id).join(', ');
  return markup`<span class="pin ${first.severity}" title="${title}">${count}<span class="unseen-text"> ${count === 1 ? 'finding' : 'findings'}</span></span>`;
}
