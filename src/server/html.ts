/** Text that is HTML already. */
export interface Html {
  readonly html: string;
}

/** A template whose values are escaped; an array is joined, nothing stands for undefined. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  const parts = strings.map((text, index) => text + render(values[index]));
  return { html: parts.join('') };
}

/** What may stand in a template. */
export type Value = string | number | Html | readonly Html[] | undefined;

function render(value: Value): string {
  if (value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value));
  return 'html' in value ? value.html : value.map((part) => part.html).join('\n');
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
