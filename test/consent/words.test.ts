import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitWords } from '../../src/consent/words.ts';

test.each([
  ['node drive.js', ['node', 'drive.js']],
  ['  node  \'my drive.js\'\t--x="a b" ', ['node', 'my drive.js', '--x=a b']],
  ['a\\ b "c\\"d" \'e\\f\' ""', ['a b', 'c"d', 'e\\f', '']],
  ['C:\\tools\\drive.exe "C:\\my tools\\x"', ['C:\\tools\\drive.exe', 'C:\\my tools\\x']],
  ['echo $HOME `id` $(id) ; | > &', ['echo', '$HOME', '`id`', '$(id)', ';', '|', '>', '&']],
])('%s is split into %j', (line, words) => {
  expect(splitWords(line)).toEqual(words);
});

test.each(['', '   ', "node 'x", 'node "x', 'node "x\\"'])('%j is refused', (line) => {
  expect(() => splitWords(line)).toThrow(expect.objectContaining({ code: 'command-failed' }));
});

test('words in single quotes come back as they were', () => {
  const word = fc.string().filter((text) => !text.includes("'"));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), (words) => {
      expect(splitWords(words.map((one) => `'${one}'`).join(' '))).toEqual(words);
    }),
  );
});

test('words in double quotes come back as they were', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (words) => {
      const quoted = words.map((one) => `"${one.replace(/["\\]/g, '\\$&')}"`);
      expect(splitWords(quoted.join(' '))).toEqual(words);
    }),
  );
});

test('a long line of backslashes is split in one pass', () => {
  expect(() => splitWords(`"${'\\'.repeat(100_001)}`)).toThrow();
});
