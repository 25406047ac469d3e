import type { RunningWorld } from '../server/worlds/world.ts';
import { faultyLines } from './fault-showing.ts';
import type { WorldFiles } from './world-files.ts';

/** Where a world listens and how to run against it, as JSON. */
export function worldFacts(
  world: RunningWorld,
  files: WorldFiles,
  faults: readonly string[],
): Readonly<Record<string, unknown>> {
  const { name, mcpUrl, users, places, servers, resolve, call } = world;
  const { ca = null, otp = null } = files;
  return {
    world: name,
    faults,
    mcp_url: mcpUrl,
    servers: Object.fromEntries(servers.map((server) => [server.name, server.origin])),
    places,
    users,
    resolve: resolve.map(pinOf),
    ca,
    otp_script: otp,
    call,
    arguments: runArguments(world, files),
    pid: process.pid,
  };
}

/** The same for people. */
export function worldWelcome(
  world: RunningWorld,
  files: WorldFiles,
  faults: readonly string[],
  describe: string,
): string {
  const { name, mcpUrl, users, places, servers } = world;
  const own = servers.map((server) => [server.name, server.origin]);
  const rows = [
    ['MCP endpoint', mcpUrl],
    ...Object.entries(places),
    ...users.map(({ username, password }) => [
      'user',
      password === undefined ? username : `${username}, password ${password}`,
    ]),
  ];
  const width = Math.max(...[...rows, ...own].map(([label = '']) => label.length));
  const lineOf = ([label = '', value]: readonly string[]): string =>
    `${label.padEnd(width)}  ${value}`;
  return [
    `${name}: ${describe}`,
    ...faultyLines(faults),
    '',
    ...rows.map(lineOf),
    '',
    'Its servers, each on a socket of its own:',
    ...own.map(lineOf),
    '',
    `Try: mcp-oauth-trace ${runArguments(world, files).map(quoted).join(' ')}`,
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}

/** The command line of a headless run against a world, without the program's name. */
function runArguments(
  { mcpUrl, users, resolve, call }: RunningWorld,
  { ca, otp }: WorldFiles,
): readonly string[] {
  const [{ username, password } = { username: '' }] = users;
  return [
    mcpUrl,
    '--username',
    username,
    ...(password === undefined ? [] : ['--password', password]),
    ...(otp === undefined ? [] : ['--otp-command', `node '${otp}'`]),
    ...resolve.flatMap((pin) => ['--resolve', pinOf(pin)]),
    ...(ca === undefined ? [] : ['--cacert', ca]),
    '--call',
    call.tool,
    '--args',
    JSON.stringify(call.arguments),
  ];
}

function pinOf({ host, port, address }: RunningWorld['resolve'][number]): string {
  return `${host}:${port}:${address}`;
}

/** A word as a POSIX shell reads it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
