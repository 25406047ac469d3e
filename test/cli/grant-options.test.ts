import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../src/server/start.ts';
import { metadataWith, startBoth } from '../flow/eras.ts';
import { formOf, jsonOf, REGISTER, TOKEN, type World } from '../flow/world.ts';
import { commandLine, folder } from './command-line.ts';

/** Nothing is asked at this address: what is wrong is found before. */
const URL = 'http://127.0.0.1:9/mcp';

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Files that lines name, in an empty folder. */
function files(): string {
  const cwd = folder();
  const secp = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;
  const contents = {
    'ec.pem': EC.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    'sec1.pem': EC.privateKey.export({ type: 'sec1', format: 'pem' }),
    'rsa.pem': RSA.privateKey.export({ type: 'pkcs1', format: 'pem' }),
    'ec.jwk': JSON.stringify(EC.privateKey.export({ format: 'jwk' })),
    'odd.pem': secp.export({ type: 'pkcs8', format: 'pem' }),
    'public.pem': EC.publicKey.export({ type: 'spki', format: 'pem' }),
    'public.jwk': JSON.stringify(EC.publicKey.export({ format: 'jwk' })),
    'half.jwk': '{"kty":"EC",',
    'locked.pem': EC.privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    }),
    'empty.jwt': '\n',
    'two.jwt': 'secret-one secret-two',
    'one.jwt': 'aaa.bbb.ccc\n',
    'cache.json': '[]',
  };
  for (const [name, text] of Object.entries(contents)) writeFileSync(join(cwd, name), text);
  return cwd;
}

const KEY = '--client-id me --client-key';

/** Lines that cannot work, `@` standing for the folder of the files, and what is said of them. */
const TABLE: readonly (readonly [line: string, said: string])[] = [
  ['--client-secret s', '--client-secret needs --client-id'],
  ['--client-key @/ec.pem', '--client-key needs --client-id or --client-metadata-url'],
  ['--client-key-alg ES256', '--client-key-alg needs --client-key'],
  ['--token-auth-method private_key_jwt', 'needs --client-key, the key to sign with'],
  ['--token-auth-method tls', '--token-auth-method is "tls", expected one of none'],
  ['--grant password', '--grant is "password", expected one of authorization_code'],
  ['--grant client_credentials', 'needs --client-id, and --client-secret or --client-key'],
  ['--grant client_credentials --client-id me', 'and --client-secret or --client-key'],
  ['--grant jwt_bearer', '--grant jwt_bearer needs --assertion'],
  ['--assertion @/one.jwt', '--assertion needs --grant jwt_bearer'],
  ['--grant enterprise', 'needs --id-token, --idp-token-endpoint and --idp-client-id'],
  ['--idp-client-secret s', 'the --idp options need --grant enterprise'],
  [`${KEY} @/missing.pem`, 'missing.pem" cannot be read (ENOENT)'],
  [`${KEY} @/public.pem`, 'holds no private key'],
  [`${KEY} @/public.jwk`, 'holds no private key'],
  [`${KEY} @/half.jwk`, 'begins like a JWK but is not JSON'],
  [`${KEY} @/locked.pem`, 'is encrypted, expected a private key without passphrase'],
  [`${KEY} @/one.jwt`, 'holds no private key'],
  [`${KEY} @/odd.pem`, 'is a secp256k1 key, expected P-256, Ed25519 or RSA'],
  [`${KEY} @/ec.pem --client-key-alg RS256`, 'does not sign "RS256"; expected ES256'],
  [`${KEY} @/rsa.pem --client-key-alg ES256`, 'does not sign "ES256"; expected RS256'],
  ['--grant jwt_bearer --assertion @/empty.jwt', 'empty.jwt" is empty, expected a token alone'],
  ['--grant jwt_bearer --assertion @/two.jwt', 'holds more than one word'],
  ['--client-metadata-url http://a.test/c.json', 'has the scheme http:, expected https:'],
  ['--client-metadata-url https://a.test', 'has no path, expected one like /client.json'],
  ['--client-metadata-url https://a.test/?x', 'has no path'],
  ['--client-metadata-url https://a.test/c#x', 'has a fragment, expected none'],
  ['--client-metadata-url https://a.test/../c', 'has a dot segment, expected none'],
  ['--client-metadata-url client.json', '"client.json" is not a URL'],
  ['--client-cache @/cache.json', 'is no store of clients'],
  ['--client-cache @/missing/cache.json', 'cannot be written (ENOENT)'],
  ['--answers {}', '--answers needs --call'],
  ['--call t --answers yes', '--answers is "yes", expected a JSON object'],
];

describe('what cannot work is told in one line', () => {
  test.each(TABLE)('%s', async (line, said) => {
    const cwd = files();
    const argv = line.split(' ').map((word) => word.replace('@', cwd));
    const { code, stdout, stderr } = await commandLine([URL, ...argv], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(said);
    expect(stderr).toMatch(/^mcp-oauth-trace: [^\n]+\n$/);
    expect(stderr).not.toContain('secret-one');
  });
});

/** A run that nobody has to approve, saved without a report. */
async function run(world: World, argv: readonly string[], cwd: string) {
  const common = ['--consent', 'form', '--fail-on', 'never', '--save-trace', 'trace.json'];
  const ended = await commandLine([world.mcpUrl, ...common, ...argv], { cwd });
  return { ...ended, trace: readFileSync(join(cwd, 'trace.json'), 'utf8') };
}

describe('a run', () => {
  test.each(['ec.pem', 'sec1.pem', 'rsa.pem', 'ec.jwk'])(
    'signs with the key in %s',
    async (name) => {
      const cwd = files();
      const world = await startBoth();
      const key = ['--client-id', 'me', '--client-key', join(cwd, name)];
      const { code } = await run(world, ['--grant', 'client_credentials', ...key], cwd);
      expect(code).toBe(0);
      expect(formOf(world.hitsOf(TOKEN)[0]!).client_assertion).toBeTypeOf('string');
    },
  );

  test('keeps the registered client in a file for its owner', async () => {
    const cwd = folder();
    const world = await startBoth();
    await run(world, ['--client-cache', join(cwd, 'clients.json')], cwd);
    const path = join(cwd, 'clients.json');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      [world.origin]: { id: 'client-1', authMethod: 'none' },
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('sends the registration token', async () => {
    const world = await startBoth();
    await run(world, ['--registration-token', 'initial-1'], folder());
    expect(world.hitsOf(REGISTER)[0]?.headers.authorization).toBe('Bearer initial-1');
  });

  test('writes nothing of what the files and options hold', async () => {
    const cwd = folder();
    const secret = (kind: string): string => `${kind}-${randomBytes(12).toString('hex')}`;
    const secrets = { id: secret('id-token'), app: secret('app'), idp: secret('idp') };
    writeFileSync(join(cwd, 'id.jwt'), secrets.id);
    const world = await startBoth({
      // A server that repeats what it was told.
      'POST /idp/token': (hit) => ({
        json: { access_token: 'id.jag.jwt', token_type: 'N_A', echo: hit.body },
      }),
      [TOKEN]: (hit) => ({
        json: {
          access_token: 'access-1',
          token_type: 'Bearer',
          echo: Buffer.from(hit.headers.authorization?.slice(6) ?? '', 'base64').toString(),
        },
      }),
    });
    const { code, stdout, stderr, trace } = await run(
      world,
      [
        ...['--grant', 'enterprise', '--client-id', 'app', '--client-secret', secrets.app],
        ...['--id-token', join(cwd, 'id.jwt'), '--idp-token-endpoint', `${world.origin}/idp/token`],
        ...['--idp-client-id', 'app', '--idp-client-secret', secrets.idp, '--verbose'],
      ],
      cwd,
    );
    expect(code).toBe(0);
    for (const value of Object.values(secrets))
      for (const text of [stdout, stderr, trace]) expect(text).not.toContain(value);
  });

  test('declares the grant of a device and says where to approve', async () => {
    let polls = 0;
    const world = await startBoth({
      'GET /.well-known/oauth-authorization-server': (_, { origin }) => ({
        json: {
          issuer: origin,
          token_endpoint: `${origin}/token`,
          registration_endpoint: `${origin}/register`,
          device_authorization_endpoint: `${origin}/device`,
        },
      }),
      'POST /device': {
        json: {
          device_code: 'device-1',
          user_code: 'ABCD-EFGH',
          verification_uri: 'https://login.test/device',
          expires_in: 60,
          interval: 0.01,
        },
      },
      [TOKEN]: () =>
        polls++ === 0
          ? { status: 400, json: { error: 'authorization_pending' } }
          : { json: { access_token: 'access-1', token_type: 'Bearer' } },
    });
    const { code, stderr } = await run(world, ['--grant', 'device_code', '--quiet'], folder());
    expect(code).toBe(0);
    expect(stderr).toContain('https://login.test/device');
    expect(stderr).toContain('ABCD-EFGH');
    expect(JSON.stringify(jsonOf(world.hitsOf(REGISTER)[0]!).grant_types)).toContain('device_code');
  });

  test('uses a metadata document only where the server takes one', async () => {
    const world = await startBoth(metadataWith({}));
    const url = 'https://client.invalid/client.json';
    const { code } = await run(world, ['--client-metadata-url', url], folder());
    expect(code).toBe(0);
    expect(world.hitsOf(REGISTER)).toHaveLength(1);
  });
});

test('client credentials are granted by the reference server', async () => {
  const server = await startServer();
  onTestFinished(() => server.close());
  const registered = await fetch(`${server.issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      redirect_uris: [],
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'client_secret_basic',
    }),
  });
  const { client_id: id, client_secret: secret } = (await registered.json()) as Record<
    string,
    string
  >;
  const cwd = folder();
  const identity = ['--client-id', String(id), '--client-secret', String(secret)];
  const { code } = await commandLine(
    [server.mcpUrl, '--grant', 'client_credentials', ...identity, '--fail-on', 'never'],
    { cwd },
  );
  expect(code).toBe(0);
  expect(readdirSync(join(cwd, 'traces'))).toHaveLength(1);
});
