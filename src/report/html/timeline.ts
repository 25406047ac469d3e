/** When each exchange ran, and in which phases; long waits for a person are cut out of the axis. */
import type { Exchange } from '../../trace/schema.ts';
import type { Arrow } from '../lanes.ts';
import { type Content, type Markup, markup } from './markup.ts';
import { type Pins, pinMark } from './pins.ts';

/** Milliseconds of nothing that are still drawn. */
const LONGEST_GAP = 300;

/** The phases of an exchange, as its record orders them. */
const PHASES = [
  ['dns', 'name lookup', 'dns_ms'],
  ['connect', 'connecting', 'connect_ms'],
  ['tls', 'TLS', 'tls_ms'],
  ['wait', 'waiting', 'wait_ms'],
  ['receive', 'receiving', 'receive_ms'],
] as const;

interface Bar {
  readonly arrow: Arrow;
  readonly start: number;
}

/** A row per exchange. */
export function timelineMarkup(arrows: readonly Arrow[], pins: Pins): Markup {
  const { bars, length, cut } = layOut(arrows);
  return markup`<div class="timeline">
<p class="legend">${PHASES.map(([id, title]) => markup`<span class="phase-${id}">${title}</span>`)}</p>
<ol class="bars">${bars.map((bar) => barMarkup(bar, length, pins))}</ol>
${cut > 0 && markup`<p class="absent">${seconds(cut)} in which nothing was sent are cut out.</p>`}
</div>`;
}

/** The phases of one exchange over the whole width. */
export function phasesMarkup(exchange: Exchange): Content {
  const { total_ms: total } = exchange.timing;
  if (total <= 0) return undefined;
  return markup`<p class="phases">${PHASES.filter(([, , key]) => exchange.timing[key] > 0).map(
    ([id, title, key]) =>
      markup`<span class="phase-${id}">${title} ${milliseconds(exchange.timing[key])}</span>`,
  )}</p>`;
}

/** Milliseconds as people read them. */
export function milliseconds(value: number): string {
  if (value >= 1000) return seconds(value);
  return `${value >= 10 ? Math.round(value) : Math.round(value * 10) / 10} ms`;
}

function seconds(value: number): string {
  return `${(value / 1000).toFixed(value >= 10_000 ? 0 : 1)} s`;
}

function layOut(arrows: readonly Arrow[]): {
  readonly bars: readonly Bar[];
  readonly length: number;
  readonly cut: number;
} {
  const bars: Bar[] = [];
  let end = Number.NaN;
  let shift = 0;
  let cut = 0;
  for (const arrow of arrows) {
    const started = Date.parse(arrow.exchange.started_at);
    const start = Number.isNaN(started) ? end : started;
    if (Number.isNaN(start)) continue;
    if (Number.isNaN(end)) {
      end = start;
      shift = start;
    }
    const idle = Math.max(0, start - end - LONGEST_GAP);
    cut += idle;
    shift += idle;
    bars.push({ arrow, start: Math.max(0, start - shift) });
    end = Math.max(end, start + arrow.exchange.timing.total_ms);
  }
  return { bars, length: Math.max(1, end - shift), cut };
}

function barMarkup({ arrow, start }: Bar, length: number, pins: Pins): Markup {
  const { exchange, request } = arrow;
  let at = start;
  const parts = PHASES.map(([id, , key]) => {
    const from = at;
    at += exchange.timing[key];
    return { id, from, width: exchange.timing[key] };
  }).filter(({ width }) => width > 0);
  const share = (value: number): string => `${Math.min(100, (value / length) * 100).toFixed(3)}%`;
  return markup`<li data-exchange="${exchange.id}" data-step="${exchange.step}"><a href="#x${exchange.id}"><span class="bar-label"><b>${exchange.id}</b> ${request}</span>
<svg class="bar" aria-hidden="true" focusable="false"><rect class="least" x="${share(start)}" width="2" height="100%"/>${parts.map(
    ({ id, from, width }) =>
      markup`<rect class="phase-${id}" x="${share(from)}" width="${share(width)}" height="100%"/>`,
  )}</svg><span class="bar-time">${milliseconds(exchange.timing.total_ms)}</span><span>${pinMark(pins.get(exchange.id))}</span></a></li>`;
}
