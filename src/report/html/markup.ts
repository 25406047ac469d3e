/** HTML as a value: text put into it is escaped, always; only markup stays markup. */
import { visible } from '../visible.ts';

/** A piece of HTML that was made here. */
export class Markup {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** What a template may hold; false and undefined show nothing. */
export type Content = Markup | string | number | false | undefined | readonly Content[];

/** A template of HTML. Attributes must stand in double quotes. */
export function markup(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(
    parts
      .map((part, index) => part + (index < contents.length ? sourceOf(contents[index]) : ''))
      .join(''),
  );
}

/** The HTML of any content. */
export function sourceOf(content: Content): string {
  if (content === undefined || content === false) return '';
  if (content instanceof Markup) return content.source;
  if (typeof content === 'string') return escapeHtml(content);
  return typeof content === 'number' ? String(content) : content.map(sourceOf).join('');
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Text that stands for itself in an element and in a quoted attribute. */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"'`]/g, (character) => REFERENCES[character] ?? character);
}
