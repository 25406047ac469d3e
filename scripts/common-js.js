import { transform } from 'esbuild';

/** Where a module is, which CommonJS has no word for of its own. */
const URL_OF_MODULE = '__moduleUrl';

const DECLARED = `const ${URL_OF_MODULE} = require('node:url').pathToFileURL(__filename).href;`;

/**
 * Turns the chunks of a bundle, which esbuild splits only as ES modules, into CommonJS: Node starts
 * that faster, and keeps its compiled code where `bin/load.js` does it on its own.
 * @param outputs of a build: each chunk and its map
 * @returns the same with `code` and `map`
 */
export async function toCommonJs(outputs) {
  const maps = new Map(outputs.filter(isMap).map(({ path, text }) => [path, text]));
  return await Promise.all(
    outputs
      .filter((output) => !isMap(output))
      .map(async ({ path, text }) => {
        const map = Buffer.from(maps.get(`${path}.map`)).toString('base64');
        const { code, map: mapped } = await transform(
          `${text}\n//# sourceMappingURL=data:application/json;base64,${map}`,
          {
            format: 'cjs',
            platform: 'node',
            target: 'node20.18',
            // A chunk is asked for with `require`, also where that is done late.
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
        return { path, code, map: mapped };
      }),
  );
}

/** The ES module through which an entry point in CommonJS is imported. */
export function esModule(name, { outputs }) {
  const [{ exports }] = Object.entries(outputs)
    .filter(([path]) => path.endsWith(`/${name}.cjs`))
    .map(([, output]) => output);
  return `import all from './${name}.cjs';\nexport const { ${exports.join(', ')} } = all;\n`;
}

function isMap({ path }) {
  return path.endsWith('.map');
}
