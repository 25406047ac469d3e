/** The page on which the user approves. */
import { quoted } from '../oauth/quoted.ts';
import { rfc9700 } from '../spec/references.ts';
import { headerValues } from '../trace/headers.ts';
import type { Exchange } from '../trace/schema.ts';
import type { View } from '../trace/view.ts';
import { redirectsToClient } from './authorization-response.ts';
import { verdictOn } from './evidence.ts';
import { admits, formActions } from './form-action.ts';
import { startOf } from './redirect.ts';
import { at, defineRule, inconclusive, notApplicable, type Rule } from './rule.ts';

const formAction = defineRule({
  id: 'consent-csp-form-action',
  step: 'authorization',
  fault: 'authorization-server',
  level: 'field',
  severity: 'error',
  revisions: 'A-D',
  requires:
    'The Content-Security-Policy of the consent page lets its form lead to the redirect URI.',
  why: 'Browsers apply form-action to the redirect after the form as well. The user clicks Approve and nothing happens; only the browser’s console says why. A client that drives the form itself does not notice.',
  fix: 'Add the origin of the redirect URI to form-action, leave form-action out, or answer the form with a page that links to the redirect URI.',
  example: "Content-Security-Policy: form-action 'self' http://127.0.0.1:49321",
  affected: { clients: ['every client that opens a browser'], confidence: 'confirmed' },
  spec: [rfc9700('4.16')],
  judge(view) {
    if (view.authorizations.length === 0)
      return notApplicable('the user was sent to no authorization page');
    const approvals = approvalsOf(view);
    if (approvals.length === 0)
      return inconclusive('the page whose form led to the client was not seen');
    return verdictOn(
      approvals.flatMap(({ page, target }) => {
        const policies = headerValues(page.response?.headers ?? [], 'content-security-policy');
        return formActions(policies)
          .filter((sources) => !admits(sources, page.request.url, target))
          .map((sources) => ({
            message: `form-action of the consent page is ${quoted(sources.join(' '))}, expected it to admit ${quoted(new URL(target).origin)}`,
            evidence: at(page, '/response/headers/content-security-policy'),
          }));
      }),
    );
  },
});

/** The rules about the consent page. */
export const consentPageRules: readonly Rule[] = [formAction];

interface Approval {
  readonly page: Exchange;
  /** Where the browser was sent. */
  readonly target: string;
}

/** Pages whose form was answered with redirects that ended at the client. */
function approvalsOf(view: View): readonly Approval[] {
  const pages = pagesBefore(view);
  return redirectsToClient(view).flatMap(({ exchange, location }) => {
    // form-action covers the whole chain of redirects.
    const sent = startOf(view, exchange);
    const page = pages.get(sent);
    return sent.request.method === 'POST' && page && URL.canParse(location)
      ? [{ page, target: location }]
      : [];
  });
}

/** For each exchange of the browser, the page shown before it. */
function pagesBefore(view: View): ReadonlyMap<Exchange, Exchange> {
  const before = new Map<Exchange, Exchange>();
  let page: Exchange | undefined;
  for (const exchange of view.exchanges) {
    if (exchange.channel !== 'front') continue;
    if (page) before.set(exchange, page);
    if (exchange.response?.body?.media_type === 'text/html') page = exchange;
  }
  return before;
}
