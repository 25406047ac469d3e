import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { buildProgram } from './program.ts';

const program = buildProgram();
const home = dirname(dirname(program.bin));
const cache = join(home, 'dist/.compiled');

beforeEach(() => rmSync(cache, { recursive: true, force: true }));
afterAll(() => program.remove());

async function explain(): Promise<string> {
  const { code, stdout, stderr } = await program.run(['explain', 'token']).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** The files of compiled code, by path. */
function keptFiles(): string[] {
  const [folder = ''] = readdirSync(cache);
  return readdirSync(join(cache, folder)).map((name) => join(cache, folder, name));
}

describe('compiled code is kept between runs', () => {
  test('for every chunk that a run loads, and is not written again', async () => {
    await explain();
    const kept = keptFiles();
    expect(kept.length).toBeGreaterThan(5);
    for (const file of kept) writeFileSync(`${file}.untouched`, readFileSync(file));
    await explain();
    for (const file of kept)
      expect(readFileSync(file).equals(readFileSync(`${file}.untouched`)), file).toBe(true);
  });

  test.each<[string, (code: Buffer, other: Buffer) => Buffer]>([
    ['empty', () => Buffer.alloc(0)],
    ['cut', (code) => code.subarray(0, code.length / 2)],
    ['cut in its header', (code) => code.subarray(0, 6)],
    [
      'changed in one byte',
      (code) => code.map((byte, at) => (at === 500 ? byte ^ 1 : byte)) as Buffer,
    ],
    ['of zeros', (code) => Buffer.alloc(code.length)],
    ['of another chunk', (_, other) => other],
  ])('and is made anew where it is %s', async (_, damage) => {
    const said = await explain();
    const whole = keptFiles().map((file) => [file, readFileSync(file)] as const);
    for (const [index, [file, code]] of whole.entries()) {
      const [, other = code] = whole[(index + 1) % whole.length] ?? [];
      writeFileSync(file, damage(code, other));
    }
    expect(await explain()).toBe(said);
    for (const [file, code] of whole)
      expect(readFileSync(file).length, file).toBeGreaterThan(code.length / 2);
    expect(await explain()).toBe(said);
  });

  test('and nothing is said where it cannot be written', async () => {
    writeFileSync(cache, '');
    await explain();
    expect(readFileSync(cache, 'utf8')).toBe('');
  });
});
