import { asAnswered } from './move.ts';
import type { Kind } from './pages/kinds.ts';
import type { Form, Page } from './pages/page.ts';
import { kindsAsked } from './pages/purpose.ts';

/** What the driver remembers from page to page of one journey. */
export interface Memory {
  /** Kinds of fields that were already answered on the origin of a page. */
  answeredAt(page: Page): ReadonlySet<Kind>;
  /** Notes that a form of a page was sent. */
  sent(page: Page, form: Form, typed: boolean): void;
  /** Notes that a page was left without sending anything. */
  left(): void;
  /** Whether something was typed on the page before. */
  justTyped(): boolean;
  /** Notes what no message may hold. */
  hide(secret: string): void;
  secrets(): readonly string[];
}

/** An empty memory but for the secrets known at the start. */
export function createMemory(known: readonly string[]): Memory {
  const answered = new Map<string, ReadonlySet<Kind>>();
  const secrets = [...known];
  let justTyped = false;
  const answeredAt = (page: Page): ReadonlySet<Kind> =>
    answered.get(new URL(page.url).origin) ?? new Set();
  return {
    answeredAt,
    sent: (page, form, typed) => {
      const kinds = kindsAsked(form).map(asAnswered);
      answered.set(new URL(page.url).origin, new Set([...answeredAt(page), ...kinds]));
      justTyped = typed;
    },
    left: () => {
      justTyped = false;
    },
    justTyped: () => justTyped,
    hide: (secret) => secrets.push(secret),
    secrets: () => secrets,
  };
}
