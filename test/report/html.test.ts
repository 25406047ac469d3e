import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { describe, expect, it } from 'vitest';
import { escapeHtml, markup, sourceOf } from '../../src/report/html/markup.ts';
import { html } from '../../src/report/html.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { golden } from '../readers/subjects.ts';
import { edit, happyTrace } from '../rules/support.ts';
import { hostileText, hostileTrace, PAYLOADS, PLAIN, subjectOf } from './hostile.ts';

type Element = DefaultTreeAdapterTypes.Element;

const pageOf = (trace: Trace = happyTrace()): string => html(subjectOf(trace), PLAIN);
const redacted = edit()
  .body('token', { access_token: '<access_token 7f3kQ2pXw9aB>' })
  .requestHeader('list', 'authorization', 'Bearer <access_token 7f3kQ2pXw9aB>').trace;

/** Every element of a page, in order. */
function elementsOf(page: string): readonly Element[] {
  const found: Element[] = [];
  const stack: DefaultTreeAdapterTypes.Node[] = [parse(page)];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if ('tagName' in node) found.push(node);
    if ('childNodes' in node) stack.push(...[...node.childNodes].reverse());
  }
  return found;
}

const attribute = (element: Element | undefined, name: string): string | undefined =>
  element?.attrs.find((one) => one.name === name)?.value;

function textOf(element: Element): string {
  return element.childNodes
    .map((node) =>
      'value' in node ? node.value : 'childNodes' in node ? textOf(node as Element) : '',
    )
    .join('');
}

const byId = (page: string, id: string): string => {
  const found = elementsOf(page).find((element) => attribute(element, 'id') === id);
  return found ? textOf(found) : '';
};

/** Class and words of every step, without how long it took. */
const stepsOf = (page: string): readonly (readonly (string | undefined)[])[] =>
  elementsOf(page)
    .filter((one) => attribute(one, 'class')?.startsWith('step '))
    .map((one) => [
      attribute(one, 'class'),
      textOf(one)
        .replace(/\s+/g, ' ')
        .replace(/\d+ requests?, .*/, '')
        .trim(),
    ]);

describe('html', () => {
  it('has an arrow, a bar and an unfolding part for every exchange', () => {
    const elements = elementsOf(pageOf());
    const links = elements
      .filter(({ tagName }) => tagName === 'a')
      .map((one) => attribute(one, 'href'));
    for (const { id } of happyTrace().trace_log) {
      expect(links.filter((href) => href === `#x${id}`).length).toBeGreaterThanOrEqual(2);
      expect(elements.filter((one) => attribute(one, 'id') === `x${id}`)).toHaveLength(1);
    }
  });

  it('draws an answer below what was asked for it, and links both to the exchange', () => {
    const last = happyTrace().trace_log.at(-1)!;
    const { request } = last;
    const url = 'http://127.0.0.1:1/introspect';
    const hop = { seen_by: 'login', sent_by: 'gateway', caused_by: last.id };
    const trace = edit().add({ ...last, ...hop, id: 30, request: { ...request, url } }).trace;
    const ids = elementsOf(pageOf(trace))
      .filter((one) => /^arrow /.test(attribute(one, 'class') ?? ''))
      .map((one) => attribute(one, 'href'));
    expect(ids.slice(-3)).toEqual([`#x${last.id}`, '#x30', `#x${last.id}`]);
  });

  it('explains the challenge, PKCE, scope and the claims of a token', () => {
    const page = pageOf();
    expect(byId(page, 'x1')).toContain('where the server describes itself');
    expect(byId(page, 'x5')).toContain('hash of a secret that only the client knows (PKCE)');
    expect(byId(page, 'x9')).toContain('the issuer of the metadata (RFC 9207)');
    expect(byId(page, 'x10')).toContain('its SHA-256 is the challenge of exchange 5');
    expect(byId(page, 'x10')).toContain('all that was asked for');
    expect(byId(page, 'x10')).toContain('whom it is for');
    expect(byId(page, 'x13')).toContain('the one that exchange 10 issued');
  });

  it.each<readonly [string, Trace, string, string]>([
    [
      'a verifier that does not fit',
      edit().form('token', { code_verifier: 'x' }).trace,
      'x10',
      'does not hash to the challenge',
    ],
    [
      'a missing challenge',
      edit().query('authorize', { code_challenge: undefined }).trace,
      'x5',
      'whoever catches the code can use it',
    ],
    [
      'a foreign state',
      edit().url('callback', 'http://127.0.0.1:49321/callback?state=x').trace,
      'x9',
      'not the one that was sent',
    ],
    [
      'a scope not granted',
      edit().body('token', { scope: 'other' }).trace,
      'x10',
      'not granted: notes.read; never asked for: other',
    ],
    [
      'a token nobody issued',
      edit().requestHeader('list', 'authorization', 'Bearer x').trace,
      'x13',
      'issued by no exchange of this trace',
    ],
    [
      'a server of another name',
      edit().body('prm', { resource: 'https://x' }).trace,
      'x2',
      'the address that was called is https://api.demo.test/team/mcp',
    ],
    [
      'a changed registration',
      edit().body('registration', { grant_types: ['implicit'] }).trace,
      'x4',
      'asked for ["authorization_code","refresh_token"]',
    ],
    [
      'no answer',
      edit().noAnswer('asm', 'ECONNREFUSED').trace,
      'x3',
      'ECONNREFUSED in phase connect',
    ],
  ])('points out %s', (_, trace, id, text) => {
    expect(byId(pageOf(trace), id)).toContain(text);
  });

  it('counts a cause that no rule tells apart from findings', () => {
    const { trace } = edit().noAnswer('challenge', 'ECONNREFUSED').failedAt('challenge');
    const page = pageOf(trace);
    expect(byId(page, 'findings')).toContain('Nothing besides the cause.');
    expect(byId(page, 'x1')).toContain('✗ error the cause');
    expect(page).not.toContain('<dt>challenge</dt>');
  });

  it('pins a finding to its exchange and unfolds the first error', () => {
    const page = pageOf(edit().header('challenge', 'www-authenticate', undefined).trace);
    expect(byId(page, 'x1')).toContain('www-authenticate-missing');
    const open = elementsOf(page).filter(
      (one) => one.tagName === 'details' && attribute(one, 'open') !== undefined,
    );
    expect(open.map((one) => attribute(one, 'data-exchange'))).toEqual(['1']);
  });

  it('marks every exchange that a finding names, those after the first as further ones', () => {
    const elements = elementsOf(pageOf(golden('prm-not-found')));
    const marked = elements
      .filter((one) => attribute(one, 'class') === 'call from-1 to-2 rightwards')
      .flatMap((call) => call.childNodes.flatMap((one) => ('childNodes' in one ? one : [])))
      .map((label) => textOf(label as Element))
      .filter((label) => label.includes('prm-not-found'));
    expect(marked).toEqual([expect.stringContaining('2 GET'), expect.stringContaining('3 GET')]);
    const pins = elements.filter((one) => attribute(one, 'title') === 'prm-not-found');
    expect(new Set(pins.map((one) => attribute(one, 'class')))).toEqual(
      new Set(['pin error', 'pin error further']),
    );
  });

  it('shows at a step that was done what was found there', () => {
    const steps = stepsOf(pageOf(golden('prm-not-found')));
    expect(steps[1]).toEqual(['step done with-error', 'resource-metadata ✓ done ✗ 1 error']);
    expect(steps[2]).toEqual(['step done ', 'server-metadata ✓ done']);
  });

  it('says stopped where the text report does', () => {
    expect(stepsOf(pageOf(golden('asm-issuer-mismatch')))[2]?.[1]).toMatch(/✗ stopped/);
  });

  it('tells the cause in full once, and links to it elsewhere', () => {
    const page = pageOf(golden('asm-issuer-mismatch'));
    const texts = elementsOf(page)
      .filter(({ tagName }) => tagName === 'body')
      .map(textOf);
    expect(texts.join('').split('issuer is "https://other.example"')).toHaveLength(2);
    const links = elementsOf(page).filter(
      (one) => attribute(one, 'href') === '#finding-asm-issuer-mismatch',
    );
    expect(links.length).toBeGreaterThanOrEqual(3);
    expect(byId(page, 'finding-asm-issuer-mismatch')).toContain('Make issuer and the entry');
  });

  it('says that nothing was sent in place of an empty diagram', () => {
    const trace = { ...happyTrace(), trace_log: [] };
    expect(pageOf(trace)).toContain('There is none to show.');
    expect(pageOf(trace)).not.toContain('class="diagram"');
  });

  it('tells the cause of a broken run before the steps', () => {
    const page = pageOf(
      edit().answer('token', 400, { error: 'invalid_grant' }).failedAt('token').trace,
    );
    expect(page.indexOf('The cause')).toBeLessThan(page.indexOf('id="steps-title"'));
    expect(page).toContain('class="outcome failed"');
  });

  it('gives equal secrets equal colours', () => {
    const trace = { ...redacted, secrets: [{ label: '<access_token 7f3kQ2pXw9aB>', length: 812 }] };
    const chips = elementsOf(pageOf(trace)).filter((one) =>
      attribute(one, 'class')?.startsWith('secret '),
    );
    expect(chips.length).toBeGreaterThan(1);
    expect(new Set(chips.map((one) => attribute(one, 'class')))).toEqual(
      new Set(['secret secret-0']),
    );
    expect(attribute(chips[0], 'title')).toBe('812 characters');
  });

  it('lets nothing run or load but its own style and script', () => {
    const elements = elementsOf(pageOf());
    const [style] = elements.filter(({ tagName }) => tagName === 'style');
    const [script] = elements.filter(({ tagName }) => tagName === 'script');
    const hash = (element: Element | undefined): string =>
      createHash('sha256')
        .update(element ? textOf(element) : '')
        .digest('base64');
    const policy = elements.find(
      (one) => attribute(one, 'http-equiv') === 'Content-Security-Policy',
    );
    expect(attribute(policy, 'content')).toBe(
      `default-src 'none'; style-src 'sha256-${hash(style)}'; script-src 'sha256-${hash(script)}'; base-uri 'none'; form-action 'none'`,
    );
  });

  it('says its character set before anything that needs it', () => {
    expect(pageOf().indexOf('<meta charset="utf-8">')).toBeLessThan(200);
  });

  it('can be narrowed to a step', () => {
    const page = html(subjectOf(), { ...PLAIN, step: 'token' });
    expect(
      elementsOf(page).filter((one) => attribute(one, 'class')?.startsWith('exchange ')),
    ).toHaveLength(1);
  });

  it('shows so many exchanges as a browser can bear, and says what it leaves out', () => {
    const [first] = happyTrace().trace_log;
    const trace_log = Array.from({ length: 2003 }, (_, index) => ({ ...first, id: index + 1 }));
    const page = pageOf({ ...happyTrace(), trace_log } as Trace);
    expect(page).toContain('3 further exchanges stand in the trace file');
    expect(page).not.toContain('id="x2001"');
  });

  it('holds no element, attribute or link that a server chose', () => {
    const known = new Set(elementsOf(pageOf(hostileTrace('plain'))).map(({ tagName }) => tagName));
    fc.assert(
      fc.property(hostileText, (text) => {
        const elements = elementsOf(pageOf(hostileTrace(text)));
        const strange = elements.filter(({ tagName }) => !known.has(tagName));
        expect(strange.map(({ tagName }) => tagName)).toEqual([]);
        expect(elements.filter(({ tagName }) => tagName === 'script')).toHaveLength(1);
        for (const { attrs } of elements)
          for (const { name, value } of attrs) {
            expect(name).not.toMatch(/^(?:on|src|srcset|style|action|formaction|xlink)/);
            if (name === 'href')
              expect(value).toMatch(
                /^(?:#x\d+$|#finding-[a-z\d-]+$|#cause$|https:\/\/[a-z\d.-]+\/)/,
              );
          }
      }),
      { numRuns: 40 },
    );
  });

  it.each(PAYLOADS)('shows %j as text', (text) => {
    const body = byId(pageOf(edit().text('call', `seen: ${text}`, 'text/plain').trace), 'x14');
    expect(body).toContain(`seen: ${/^[\x20-\x7e]*/.exec(text)?.[0]}`);
  });
});

describe('markup', () => {
  it('escapes every text and keeps markup as it is', () => {
    expect(
      sourceOf(markup`<p title="${'"<'}">${'<b>'}${[markup`<i></i>`, 1, false, undefined]}</p>`),
    ).toBe('<p title="&quot;&lt;">&lt;b&gt;<i></i>1</p>');
  });

  it('takes no object from elsewhere for markup', () => {
    const forged = JSON.parse('{"source":"<script>"}');
    expect(() => sourceOf(forged)).toThrow(TypeError);
  });

  it('writes text that a parser reads back, steering characters spelled out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        const [body] = elementsOf(`<pre title="${escapeHtml(text)}">x${escapeHtml(text)}`).filter(
          ({ tagName }) => tagName === 'pre',
        );
        expect(attribute(body, 'title')).toBe(text);
        expect(body && textOf(body)).toBe(`x${text}`);
      }),
    );
  });
});
