import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdown } from '../../src/report/markdown.ts';
import { code, codeCell, fenced, words } from '../../src/report/markdown-words.ts';
import { edit, happyTrace } from '../rules/support.ts';
import { hostileText, hostileTrace, PLAIN, subjectOf } from './hostile.ts';

/** Lines outside of fenced blocks, as CommonMark finds them. */
function outside(document: string): readonly string[] {
  let fence = '';
  return document.split('\n').filter((line) => {
    const mark = /^(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1];
    if (fence === '') {
      fence = mark ?? '';
      return mark === undefined;
    }
    if (mark?.startsWith(fence) && line.trim() === mark) fence = '';
    return false;
  });
}

/** What our own Markdown looks like once texts are taken out of it. */
const OWN_TAGS = /<\/?(?:details|summary|code)>|<br>/g;

describe('markdown', () => {
  it('tells outcome, steps and findings before anything is folded', () => {
    const text = markdown(
      subjectOf(edit().header('challenge', 'www-authenticate', undefined).trace),
      PLAIN,
    );
    const open = text.slice(0, text.indexOf('<details>'));
    expect(open).toContain('## OAuth trace: completed');
    expect(open).toContain('| token | ✅ done | 10 |');
    expect(open).toContain('<code>www-authenticate-missing</code>');
  });

  it('counts a cause that no rule tells apart from findings', () => {
    const { trace } = edit().noAnswer('challenge', 'ECONNREFUSED').failedAt('challenge');
    expect(markdown(subjectOf(trace), PLAIN)).toContain('\nNo findings besides the cause.\n');
  });

  it('puts the cause of a broken run first', () => {
    const trace = edit()
      .answer('token', 400, { error: 'invalid_grant' })
      .failedAt('token', 'invalid_grant').trace;
    const text = markdown(subjectOf(trace), PLAIN);
    expect(text.indexOf('**The cause**')).toBeGreaterThan(0);
    expect(text.indexOf('**The cause**')).toBeLessThan(text.indexOf('| Step |'));
  });

  it('says in its first lines that a server asked for no token', () => {
    const { trace } = edit().failedAt('challenge', 'answered without asking', 'open');
    const lines = markdown(subjectOf(trace), PLAIN).split('\n');
    expect(lines.slice(0, 5).join('\n')).toMatch(
      /^## OAuth trace: open\n\n> \*\*The MCP server asked for no token\*\*, in <code>challenge<\/code>\.\n>\n> \*\*To be mended by the MCP server:\*\* /,
    );
    expect(lines).not.toContain('No findings.');
  });

  it('holds the diagram and every exchange, folded', () => {
    const text = markdown(subjectOf(), PLAIN);
    expect(text).toContain('```mermaid\nsequenceDiagram\n');
    expect(text.split('<details>')).toHaveLength(1 + 2 + happyTrace().trace_log.length);
    expect(text).toContain('"code_challenge_methods_supported": [');
  });

  it('shows headers or bodies alone when asked to', () => {
    const headers = markdown(subjectOf(), { ...PLAIN, headers: true });
    expect(headers).toContain('cache-control: no-store');
    expect(headers).not.toContain('"code_challenge_methods_supported": [');
  });

  it('stays short enough for a comment', () => {
    const long = edit().text('call', 'x'.repeat(100_000), 'text/plain').trace;
    const many = { ...long, trace_log: Array.from({ length: 20 }, () => long.trace_log).flat() };
    expect(markdown(subjectOf(many), PLAIN)).toContain('and 320 more, in the trace file');
    expect(markdown(subjectOf(long), PLAIN)).toContain('(cut; the whole body has 100000 bytes)');
  });

  it('keeps its shape whatever a server says', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const bare = outside(markdown(subjectOf(hostileTrace(text)), PLAIN)).map((line) =>
          line.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, ''),
        );
        for (const line of bare)
          expect(line.replace(OWN_TAGS, '')).not.toMatch(/<|javascript:|!\[/);
        const all = bare.join('\n');
        expect(all.split('<details>').length).toBe(all.split('</details>').length);
      }),
      { numRuns: 60 },
    );
  });
});

describe('pieces of Markdown', () => {
  it('words hold no markup, mention, reference or link', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(words(text)).not.toMatch(/[<>`*_~[\]|\\\n\r:!@$^{}]/);
        expect(words(text)).not.toMatch(/#(?!\d+;)|&(?!#\d+;)/);
      }),
    );
  });

  it('code is one span that holds the text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const span = code(text);
        const fence = /^`+/.exec(span)?.[0] ?? '';
        expect(fence).not.toBe('');
        const inside = span.slice(fence.length, -fence.length);
        expect(span.endsWith(fence)).toBe(true);
        expect((inside.match(/`+/g) ?? []).map((run) => run.length)).not.toContain(fence.length);
        expect(inside).not.toContain('\n');
      }),
    );
  });

  it('code in a table holds no bar and no tag of its own', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(codeCell(text).slice(6, -7)).not.toMatch(/[|<>\n`]/);
      }),
    );
  });

  it('a fenced block ends where it ends', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(outside(`before\n${fenced(text)}\nafter`)).toEqual(['before', 'after']);
      }),
    );
  });
});
