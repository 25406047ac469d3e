import type { ChalkInstance } from 'chalk';
import { jsonOf, messagesOf } from '../trace/body.ts';
import type { Body, Exchange, Header, Trace } from '../trace/schema.ts';
import { withLabels } from '../trace/secret.ts';
import { grantLabel } from './exchange-label.ts';
import { aligned, chunked, durationText, padded, shortened, widthOf } from './layout.ts';
import { statusColor } from './paint.ts';
import { printable } from './printable.ts';

/** What the rows of exchanges share: columns are as wide as the widest of all rows. */
export interface ExchangeTable {
  readonly paint: ChalkInstance;
  readonly width: number;
  readonly headers: boolean;
  readonly bodies: boolean;
  readonly home: string;
  readonly statusWidth: number;
  readonly idWidth: number;
  /** The mark in front of an exchange that a finding points at, coloured. */
  readonly markOf: (id: number) => string;
}

const CHANNEL_WIDTH = 9;
const METHOD_WIDTH = 7;
const TIME_WIDTH = 8;

/** Measures the exchanges that will be shown. */
export function measureExchanges(
  exchanges: readonly Exchange[],
  trace: Trace,
): Pick<ExchangeTable, 'home' | 'statusWidth' | 'idWidth'> {
  const widest = (texts: readonly string[]): number =>
    texts.reduce((most, text) => Math.max(most, widthOf(text)), 3);
  return {
    home: addressOf(trace.metadata.server_url).origin,
    statusWidth: widest(exchanges.map(endOf)),
    idWidth: widest(exchanges.map(({ id }) => String(id))),
  };
}

/** One exchange: a row, and below it what was asked for. */
export function exchangeLines(exchange: Exchange, table: ExchangeTable): readonly string[] {
  const { paint, markOf, idWidth, statusWidth } = table;
  const head = `  ${markOf(exchange.id)} ${aligned(String(exchange.id), idWidth)}  `;
  const taken = idWidth + 6 + CHANNEL_WIDTH + METHOD_WIDTH + 1 + statusWidth + TIME_WIDTH;
  const row = [
    head,
    paint.dim(padded(senderOf(exchange), CHANNEL_WIDTH)),
    padded(shortened(printable(exchange.request.method, 20), METHOD_WIDTH - 1), METHOD_WIDTH),
    whatLine(exchange, table, Math.max(10, table.width - taken)),
    ` ${statusColor(exchange, paint)(aligned(endOf(exchange), statusWidth))}`,
    paint.dim(aligned(durationText(exchange.timing.total_ms), TIME_WIDTH)),
  ];
  return [row.join(''), ...detailLines(exchange, table)];
}

/** Where a request went, and what for where there is room. */
function whatLine(exchange: Exchange, { paint, home }: ExchangeTable, room: number): string {
  const place = shortened(placeOf(exchange, home), room);
  const left = room - widthOf(place) - 1;
  if (left < SHORTEST_DETAIL) return padded(place, room);
  return `${place} ${paint.dim(padded(shortened(detailOf(exchange), left), left))}`;
}

/** Less of a method or grant says nothing. */
const SHORTEST_DETAIL = 8;

/** Who sends: plain words instead of the file's channel names. */
const CHANNELS: Readonly<Record<Exchange['channel'], string>> = {
  back: 'client',
  front: 'browser',
  loopback: 'callback',
  probe: 'probe',
};

/** Between servers their names say more than any channel. */
function senderOf({ channel, seen_by }: Exchange): string {
  return seen_by === undefined ? CHANNELS[channel] : 'server';
}

/** The path at the MCP server, host and path elsewhere, who asks whom among servers; queries hold too much to fit. */
function placeOf({ request, seen_by, sent_by }: Exchange, home: string): string {
  const { origin, host, path } = addressOf(request.url);
  if (seen_by !== undefined) {
    const sender = sent_by === undefined ? '' : `${sent_by} → `;
    return printable(`${sender}${seen_by} ${path}`, 300);
  }
  return printable(origin === home ? path : `${host}${path}`, 300);
}

function addressOf(url: string): { origin: string; host: string; path: string } {
  const found = /^([a-z][a-z\d+.-]*:\/\/)([^/?#]*)([^?#]*)/i.exec(url);
  if (!found) return { origin: '', host: '', path: url };
  const [, scheme = '', host = '', path = ''] = found;
  return { origin: scheme + host, host, path: withLabels(path) || '/' };
}

/** What tells one request to the same place from another: a JSON-RPC method, a grant. */
function detailOf(exchange: Exchange): string {
  const [message] = messagesOf(exchange.request.body);
  const method = message?.method ?? grantLabel(exchange);
  return typeof method === 'string' ? printable(method, 80) : '';
}

/** Columns of the longest code of OpenSSL that people meet. */
const LONGEST_CODE = 24;

function endOf({ response, failure }: Exchange): string {
  if (failure) return shortened(printable(failure.code, 40), LONGEST_CODE);
  return response ? String(response.status) : 'unseen';
}

function detailLines(exchange: Exchange, table: ExchangeTable): readonly string[] {
  const { request, response, failure } = exchange;
  return [
    ...messageLines('>', `${request.method} ${request.url}`, request, table),
    ...(response ? messageLines('<', String(response.status), response, table) : []),
    ...(failure && (table.headers || table.bodies)
      ? marked('<', [printable(failure.message)], table)
      : []),
  ];
}

function messageLines(
  mark: string,
  start: string,
  { headers, body }: { readonly headers: readonly Header[]; readonly body: Body | null },
  table: ExchangeTable,
): readonly string[] {
  return [
    ...(table.headers ? marked(mark, headerLines(start, headers), table) : []),
    ...(table.bodies && body ? marked(mark, bodyLines(body), table) : []),
  ];
}

function headerLines(start: string, headers: readonly Header[]): readonly string[] {
  const pairs = headers.map(([name, value]) => `${name}: ${value}`);
  return [start, ...pairs].map((line) => printable(withLabels(line), LONGEST_LINE));
}

/** Characters of a header or of a line of a body. */
const LONGEST_LINE = 4_000;

/** Lines below a row, cut to the width: `> accept: application/json`. */
function marked(
  mark: string,
  lines: readonly string[],
  { paint, width, idWidth }: ExchangeTable,
): readonly string[] {
  const start = `${' '.repeat(idWidth + 6)}${mark} `;
  return lines
    .flatMap((line) => chunked(line, width - widthOf(start)))
    .map((line) => paint.dim(start + line));
}

/** A body as people read it: JSON indented, a form field by field, text line by line, the rest by its size. */
function bodyLines(body: Body): readonly string[] {
  const text = readableText(body);
  const cut = body.truncated ? [`(cut: the whole body has ${body.size} bytes)`] : [];
  if (text === undefined) return [`(${body.size} bytes of ${printable(body.media_type)})`, ...cut];
  return [...text.split(/\r\n|\n|\r/).map((line) => printable(line, LONGEST_LINE)), ...cut];
}

function readableText(body: Body): string | undefined {
  if (body.media_type === 'application/x-www-form-urlencoded')
    return [...new URLSearchParams(body.text)].map((pair) => pair.join('=')).join('\n');
  const json = jsonOf(body);
  return json === undefined ? body.text : JSON.stringify(json, null, 2);
}
