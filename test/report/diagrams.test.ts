import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mermaid, mermaidWords } from '../../src/report/mermaid.ts';
import { plantuml, plantumlWords } from '../../src/report/plantuml.ts';
import type { Exchange } from '../../src/trace/schema.ts';
import { edit, happyTrace } from '../rules/support.ts';
import { hostileText, hostileTrace, PLAIN, subjectOf } from './hostile.ts';

const LANE = '(?:browser|client|server|authorization|host\\d)';

/** Every line Mermaid may be given; words are safe characters and character codes. */
const MERMAID_WORDS = "(?:[A-Za-z0-9 ./_,()'-]|#\\d+;)*";
const MERMAID = new RegExp(
  `^(?:sequenceDiagram|  participant ${LANE} as ${MERMAID_WORDS}|  Note over ${LANE},${LANE}: ${MERMAID_WORDS}|  ${LANE}(?:->>|-->>|--x)${LANE}: ${MERMAID_WORDS})$`,
);
const PLANTUML_WORDS = '(?:[A-Za-z0-9 ./_,()-]|<U\\+[0-9A-F]{4,6}>)*';
const PLANTUML = new RegExp(
  `^(?:@startuml|@enduml|hide footbox|(?:actor|participant) "${PLANTUML_WORDS}" as ${LANE}|== ${PLANTUML_WORDS} ==|note over ${LANE} : ${PLANTUML_WORDS}|${LANE} (?:->|-->|-->x) ${LANE} : ${PLANTUML_WORDS})$`,
);

describe('mermaid', () => {
  it('draws lanes, steps and arrows there and back', () => {
    const lines = mermaid(subjectOf(), PLAIN).split('\n');
    expect(lines.slice(0, 8)).toEqual([
      'sequenceDiagram',
      "  participant browser as User's browser",
      '  participant client as Client',
      '  participant server as MCP server',
      '  participant authorization as Authorization server',
      '  Note over browser,authorization: challenge',
      '  client->>server: 1 POST /team/mcp initialize',
      '  server-->>client: 401 Bearer',
    ]);
    expect(lines).toContain(
      '  client->>authorization: 10 POST /t1/token authorization#95;code'.replace('#95;', '_'),
    );
    expect(lines).toContain('  authorization-->>client: 200 access token, refresh token');
    expect(lines).toContain('  browser->>client: 9 GET /callback');
  });

  it('pins a finding to its exchange', () => {
    const text = mermaid(
      subjectOf(edit().header('challenge', 'www-authenticate', undefined).trace),
      PLAIN,
    );
    expect(text).toContain('  Note over client,server: error#58; www-authenticate-missing');
  });

  it('tells a failure by a cross', () => {
    expect(mermaid(subjectOf(edit().noAnswer('asm', 'ECONNREFUSED').trace), PLAIN)).toContain(
      '  authorization--xclient: ECONNREFUSED (connect)',
    );
  });

  it('draws the authorization server on its own lane where it shares the origin', () => {
    expect(mermaid(subjectOf(happyTrace('2025-03-26')), PLAIN)).toContain(
      '  client->>authorization: 10 POST /token authorization_code',
    );
  });

  it('can be narrowed to a step and to an exchange', () => {
    const arrows = (options: object): number =>
      mermaid(subjectOf(), { ...PLAIN, ...options }).split('->>server:').length - 1;
    expect(arrows({ step: 'challenge' })).toBe(1);
    expect(arrows({ exchange: 13 })).toBe(1);
  });

  const listed = happyTrace().trace_log.find(({ id }) => id === 13) as Exchange;

  /** What a server did to list tools. */
  function hop(id: number, url: string, sent_by: string, seen_by: string): Exchange {
    const { request } = listed;
    return { ...listed, id, sent_by, seen_by, caused_by: listed.id, request: { ...request, url } };
  }

  it('draws what servers did among themselves from where the request had come', () => {
    const trace = edit()
      .add(hop(30, 'https://api.demo.test/team/mcp', 'gateway', 'upstream'))
      .add(hop(31, 'https://login.demo.test/t1/introspect', 'upstream', 'login')).trace;
    const lines = mermaid(subjectOf(trace), PLAIN).split('\n');
    expect(lines).toContain('  participant host1 as upstream');
    expect(lines).toContain('  server->>host1: 30 POST /team/mcp tools/list');
    expect(lines).toContain('  host1->>authorization: 31 POST /t1/introspect tools/list');
  });

  it('answers a request after what was asked for it, by the names that servers have', () => {
    const hops = [
      hop(30, 'http://127.0.0.1:1/introspect', 'gateway', 'tokens'),
      hop(31, 'http://127.0.0.1:2/', 'gateway', 'mcp-server'),
      hop(32, 'http://127.0.0.1:3/stocks', 'mcp-server', 'stocks-api'),
      hop(33, 'http://127.0.0.1:1/jwks', 'stocks-api', 'tokens'),
    ];
    const before = happyTrace();
    const trace = { ...before, trace_log: [...before.trace_log.slice(0, 13), ...hops] };
    const lines = mermaid(subjectOf(trace), PLAIN).trimEnd().split('\n');
    expect(lines.filter((line) => /participant (?:server|host)/.test(line))).toEqual([
      '  participant server as MCP server (gateway)',
      '  participant host1 as tokens',
      '  participant host2 as mcp-server',
      '  participant host3 as stocks-api',
    ]);
    const arrows = lines.filter((line) => line.includes('>>'));
    expect(arrows.slice(-10).map((line) => line.trim().replace(/: .*/, ''))).toEqual([
      'client->>server',
      'server->>host1',
      'host1-->>server',
      'server->>host2',
      'host2->>host3',
      'host3->>host1',
      'host1-->>host3',
      'host3-->>host2',
      'host2-->>server',
      'server-->>client',
    ]);
    const other = plantuml(subjectOf(trace), PLAIN);
    expect(other.lastIndexOf('server --> client :')).toBeGreaterThan(
      other.lastIndexOf('host2 --> server :'),
    );
  });

  it('names a grant by the end of its URN', () => {
    const grant_type = 'urn:ietf:params:oauth:grant-type:token-exchange';
    const trace = edit().form('token', { grant_type }).trace;
    expect(mermaid(subjectOf(trace), PLAIN)).toContain('POST /t1/token token-exchange');
  });

  it('consists of nothing but its own statements, whatever a server says', () => {
    fc.assert(
      fc.property(hostileText, fc.boolean(), (text, foreign) => {
        const origin = foreign ? `https://${text}` : undefined;
        const lines = mermaid(subjectOf(hostileTrace(text, origin)), PLAIN)
          .trimEnd()
          .split('\n');
        expect(lines.filter((line) => !MERMAID.test(line))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('writes words so that decoding gives the text back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 60 }), (text) => {
        const decoded = mermaidWords(text).replace(/#(\d+);/g, (_, code) =>
          String.fromCodePoint(Number(code)),
        );
        expect(decoded).toBe(text);
      }),
    );
  });
});

describe('plantuml', () => {
  it('draws lanes, steps and arrows there and back', () => {
    const lines = plantuml(subjectOf(), PLAIN).trimEnd().split('\n');
    expect(lines[0]).toBe('@startuml');
    expect(lines.at(-1)).toBe('@enduml');
    expect(lines).toContain('== token ==');
    expect(lines).toContain('client -> server : 1 POST /team/mcp initialize');
    expect(lines).toContain('actor "User<U+0027>s browser" as browser');
  });

  it('consists of nothing but its own statements, whatever a server says', () => {
    fc.assert(
      fc.property(hostileText, fc.boolean(), (text, foreign) => {
        const origin = foreign ? `https://${text}` : undefined;
        const lines = plantuml(subjectOf(hostileTrace(text, origin)), PLAIN)
          .trimEnd()
          .split('\n');
        expect(lines.filter((line) => !PLANTUML.test(line))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves no doubled mark, which would be markup', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(plantumlWords(text)).not.toMatch(/([./_,()-])\1/);
      }),
    );
  });
});
