/** What an exchange means, said in rows: name, value, a word on it. */
import type { Exchange } from '../../trace/schema.ts';
import type { View } from '../../trace/view.ts';
import { type Content, type Markup, markup } from './markup.ts';
import type { MarkSecrets } from './secret-chips.ts';

/** One fact. */
export interface FactRow {
  readonly name: string;
  readonly value: string;
  /** What it means. */
  readonly note?: string;
  readonly tone?: 'good' | 'bad';
}

/** Facts under a heading. */
export interface FactTable {
  readonly title: string;
  readonly rows: readonly FactRow[];
}

/** Finds the facts of exchanges of one role. */
export type FactFinder = (exchange: Exchange, view: View) => readonly FactTable[];

/** A row for a value that is there; nothing for one that is not. */
export function row(
  name: string,
  value: string | null | undefined,
  note?: string,
  tone?: FactRow['tone'],
): readonly FactRow[] {
  if (value === undefined || value === null) return [];
  return [{ name, value, ...(note && { note }), ...(tone && { tone }) }];
}

/** Tables in HTML; empty ones are left out. */
export function factsMarkup(tables: readonly FactTable[], mark: MarkSecrets): Content {
  return tables.filter(({ rows }) => rows.length > 0).map((table) => tableMarkup(table, mark));
}

function tableMarkup({ title, rows }: FactTable, mark: MarkSecrets): Markup {
  return markup`<section class="facts"><h3>${title}</h3><dl>${rows.map(
    ({ name, value, note, tone }) =>
      markup`<div><dt>${name}</dt><dd class="${tone ?? 'plain'}">${mark(value)}${note && markup` <span class="note">${note}</span>`}</dd></div>`,
  )}</dl></section>`;
}
