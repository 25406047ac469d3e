/** The diagrams as Mermaid and PlantUML themselves read them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { mermaid } from '../../src/report/mermaid.ts';
import { plantuml } from '../../src/report/plantuml.ts';
import type { Trace } from '../../src/trace/schema.ts';
import { PLAIN, subjectOf } from '../report/hostile.ts';
import { browserScript, useChromium } from './chromium.ts';
import { type Ending, needs, PLANTUML, run } from './programs.ts';
import { GOLDEN, golden, HOSTILE, THREE } from './subjects.ts';

describe('Mermaid', () => {
  const open = useChromium();
  const source = (trace: Trace): string => mermaid(subjectOf(trace), PLAIN);
  let loaded: Promise<Page> | undefined;
  const load = async (): Promise<Page> => {
    const { page } = await open('<!doctype html><title>Mermaid</title>');
    await page.addScriptTag({ content: browserScript('mermaid/dist/mermaid.min.js') });
    return page;
  };
  /** The kind of diagram that Mermaid takes each text for, or what it has against it. */
  const read = async (texts: readonly string[]): Promise<readonly string[]> => {
    loaded ??= load();
    const page = await loaded;
    return await page.evaluate(`(async () => {
      const kinds = [];
      for (const text of ${JSON.stringify(texts)})
        kinds.push(await mermaid.parse(text).then(({ diagramType }) => diagramType, String));
      return kinds;
    })()`);
  };

  test.each([...THREE, ...HOSTILE])('reads a sequence: $name', async ({ trace }) => {
    expect(await read([source(trace)])).toEqual(['sequence']);
  });

  test('reads a sequence in every golden trace', async () => {
    const kinds = await read(GOLDEN.map((name) => source(golden(name))));
    expect(GOLDEN.filter((_, index) => kinds[index] !== 'sequence')).toEqual([]);
  });

  test.each(THREE)('draws every lane and arrow: $name', async ({ trace }) => {
    await read([]);
    const page = await load();
    const text = source(trace);
    const drawn = await page.evaluate(
      `mermaid.render('drawn', ${JSON.stringify(text)}).then(({ svg }) => {
        document.body.innerHTML = svg;
        const count = (selector) => document.querySelectorAll(selector).length;
        return { arrows: count('.messageLine0, .messageLine1'), scripts: count('body script') };
      })`,
    );
    const arrows = text.split('\n').filter((line) => /^ {2}\w+-[-x>)]+\w+: /.test(line)).length;
    expect(arrows).toBeGreaterThan(trace.trace_log.length);
    expect(drawn).toEqual({ arrows, scripts: 0 });
  });

  test('refuses what is no diagram', async () => {
    const [kind] = await read([`${source(golden('healthy'))}\n  client->>`]);
    expect(kind).not.toBe('sequence');
  });
});

describe('PlantUML', () => {
  needs(PLANTUML);
  const source = (trace: Trace): string => plantuml(subjectOf(trace), PLAIN);

  test('reads every trace', { timeout: 240_000 }, async () => {
    const traces = [...THREE, ...HOSTILE].map(({ trace }) => trace);
    const texts = [...traces, ...GOLDEN.map(golden)].map(source);
    expect(await check(texts)).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  test('refuses what is no diagram', { timeout: 240_000 }, async () => {
    const text = source(golden('healthy')).replace('@enduml', 'client -> -> x\n@enduml');
    expect(await check([text])).not.toMatchObject({ code: 0 });
  });

  /** One virtual machine for all of them: to start it takes longest. */
  async function check(texts: readonly string[]): Promise<Ending> {
    const folder = await mkdtemp(join(tmpdir(), 'readers-'));
    const files = texts.map((_, index) => join(folder, `${index}.puml`));
    try {
      await Promise.all(texts.map((text, index) => writeFile(files[index] ?? '', text)));
      return await run(PLANTUML.path, ['-headless', '-checkonly', '-charset', 'UTF-8', ...files], {
        env: { PLANTUML_SECURITY_PROFILE: 'SANDBOX' },
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  }
});
