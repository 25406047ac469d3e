import { transform } from 'esbuild';

/** Where a module is: CommonJS has no word of its own for that. */
const URL_OF_MODULE = '__moduleUrl';

const DECLARED = `const ${URL_OF_MODULE} = require('node:url').pathToFileURL(__filename).href;`;

/**
 * Turns the chunks of a bundle, which esbuild splits only as ES modules, into CommonJS: Node starts
 * that faster, and `bin/load.js` can keep its compiled code.
 * @param outputs of a build with external source maps
 * @returns path, code and source map of each chunk
 */
export async function toCommonJs(outputs) {
  const texts = new Map(outputs.map(({ path, text }) => [path, text]));
  const paths = [...texts.keys()].filter((path) => !path.endsWith('.map'));
  return await Promise.all(
    paths.map((path) => turn(path, texts.get(path), texts.get(`${path}.map`))),
  );
}

async function turn(path, text, sourceMap) {
  const encoded = Buffer.from(sourceMap).toString('base64');
  const { code, map } = await transform(
    `${text}\n//# sourceMappingURL=data:application/json;base64,${encoded}`,
    {
      format: 'cjs',
      platform: 'node',
      target: 'node20.18',
      // A chunk that is loaded late is loaded with `require` too.
      supported: { 'dynamic-import': false },
      define: { 'import.meta.url': URL_OF_MODULE },
      // ES modules are strict.
      banner: `'use strict';${text.includes('import.meta.url') ? DECLARED : ''}`,
      minifyWhitespace: true,
      minifySyntax: true,
      legalComments: 'none',
      sourcemap: 'external',
      sourcefile: path,
    },
  );
  return { path, code, map };
}

/** The ES module through which an entry point in CommonJS is imported. */
export function esModule(name, { outputs }) {
  const path = Object.keys(outputs).find((output) => output.endsWith(`/${name}.cjs`));
  const exported = outputs[path].exports.join(', ');
  return `import all from './${name}.cjs';\nexport const { ${exported} } = all;\n`;
}
