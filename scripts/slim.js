import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/**
 * What of a dependency this tool never runs, taken out of its bundle. What is reached after all throws,
 * and an import that a replacement does not have fails the build.
 */
export const slim = {
  name: 'slim',
  setup(building) {
    for (const { filter, importer, contents } of REPLACEMENTS) {
      const namespace = `slim:${importer}`;
      building.onResolve({ filter }, (from) =>
        from.importer.includes(importer) && !from.namespace.startsWith('slim:')
          ? { path: from.path, namespace, sideEffects: false }
          : undefined,
      );
      building.onLoad({ filter, namespace }, () => ({ contents, resolveDir: process.cwd() }));
    }
    building.onLoad({ filter: CALLERS_OF_FETCH }, async ({ path }) => ({
      contents: `${WEB_TYPES}${await readFile(path, 'utf8')}`,
      loader: path.endsWith('.ts') ? 'ts' : 'js',
    }));
  },
};

const NEVER = '() => { throw new Error("this part of a dependency is not in the bundle"); }';

/** Whose `Headers` and `Response` are ours. */
const CALLERS_OF_FETCH =
  /\/(?:openid-client|oauth4webapi)\/build\/index\.js$|\/src\/http\/fetch\.ts$/;

const WEB_TYPES = `import { Headers, Response } from ${JSON.stringify(resolve('scripts/web-types.js'))};\n`;

const REPLACEMENTS = [
  // The agent is all that is used of undici: no fetch, no WebSocket, no cache, no mocks.
  {
    filter: /^undici$/,
    importer: '/src/http/',
    contents: "export { default as Agent } from 'undici/lib/dispatcher/agent.js';",
  },
  // Servers are offered HTTP/1.1 alone, and node:http2 takes longer to load than a run takes.
  {
    filter: /^\.\/client-h2\.js$/,
    importer: '/undici/lib/dispatcher/',
    contents: `module.exports = ${NEVER};`,
  },
  // Bodies are text and bytes, never FormData.
  {
    filter: /^\.\.\/web\/fetch\/body\.js$/,
    importer: '/undici/lib/dispatcher/',
    contents: `exports.extractBody = ${NEVER};`,
  },
  // Whether a stream is coloured is decided by the command, and asking all of `process` opens stdin.
  {
    filter: /^#supports-color$/,
    importer: '/chalk/source/',
    contents: 'export default { stdout: false, stderr: false };',
  },
  // The list of public suffixes is long, and no address is on it.
  {
    filter: /^tldts$/,
    importer: '/tough-cookie/',
    contents: `export const getDomain = (host, options) =>
      /^[\\d.]+$|:/.test(host) ? null : require('tldts/dist/cjs/index.js').getDomain(host, options);`,
  },
  // Commander starts programs as commands, which ours never are.
  {
    filter: /^node:child_process$/,
    importer: '/commander/lib/',
    contents: `exports.spawn = ${NEVER};`,
  },
  // JSON schemas are validated for forms that the reference server asks to fill in: the small
  // validator does.
  {
    filter: /^@modelcontextprotocol\/server\/_shims$/,
    importer: '/@modelcontextprotocol/server/',
    contents: `export { CfWorkerJsonSchemaValidator as DefaultJsonSchemaValidator }
      from '@modelcontextprotocol/server/validators/cf-worker';
      export { default as process } from 'node:process';`,
  },
];
