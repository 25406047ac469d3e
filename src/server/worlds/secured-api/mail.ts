import { isObject, parseJson } from '../../../trace/body.ts';
import { type Answer, type Inbound, json, refusal } from '../../answer.ts';
import { html } from '../../html.ts';
import { page } from '../../pages.ts';
import type { Route } from '../../router.ts';
import { sendHop } from '../hop.ts';

/** A mail in the inbox. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly received: string;
}

/** Path at which mails are handed in, and read by programs. */
export const MESSAGES_PATH = '/api/messages';

/** Mails that are kept. */
const MOST_MAILS = 50;

/** An inbox for everybody's mail, newest first: a page for people, JSON for programs. */
export function mailRoutes(now: () => number): readonly Route[] {
  const mails: Mail[] = [];
  const deliver = ({ body }: Inbound): Answer => {
    const mail = parseJson(body);
    if (!isObject(mail)) return refusal(400, 'this is no mail');
    const { to, subject, text } = mail;
    mails.unshift({
      to: String(to),
      subject: String(subject),
      text: String(text),
      received: new Date(now()).toISOString(),
    });
    mails.splice(MOST_MAILS);
    return { kind: 'page', status: 202, headers: [] };
  };
  return [
    { path: '/', methods: { GET: () => inbox(mails) } },
    { path: MESSAGES_PATH, methods: { GET: () => json('page', 200, mails), POST: deliver } },
  ];
}

function inbox(mails: readonly Mail[]): Answer {
  return page(
    200,
    html`<h1>Inbox</h1>
${mails.length === 0 ? html`<p>No mail.</p>` : undefined}
${mails.map(
  ({ to, subject, text, received }) => html`<article>
<h2>${subject}</h2>
<p>To ${to}, ${received}</p>
<p>${text}</p>
</article>`,
)}`,
  );
}

/**
 * The newest one-time password in the inbox.
 * @throws {Error} when there is none.
 */
export async function readOneTimePassword(origin: string): Promise<string> {
  const { body } = await sendHop({ url: origin + MESSAGES_PATH });
  const mails = parseJson(body);
  const newest: unknown = Array.isArray(mails) ? mails[0] : undefined;
  const found = /\b\d{6}\b/.exec(isObject(newest) ? String(newest.text) : '');
  if (!found) throw new Error('no mail with a one-time password has arrived');
  return found[0];
}
