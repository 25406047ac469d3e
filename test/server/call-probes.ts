import { request } from 'node:http';
import { decodeJwt, UnsecuredJWT } from 'jose';
import {
  bearer,
  callLegacy,
  callModern,
  codeForm,
  initialize,
  obtainCode,
  obtainTokens,
  postToken,
} from './client.ts';
import { called, errorCode, FOREIGN, header, inSession, type Probe } from './probe.ts';

/** Probes of the MCP server. */
export const CALL_PROBES: Readonly<Record<string, Probe>> = {
  'cors-expose-headers-missing': {
    see: async ({ server }) =>
      header(
        callLegacy(server, initialize(), { origin: 'http://localhost:1' }),
        'access-control-expose-headers',
      ),
    right: 'www-authenticate, mcp-session-id, mcp-protocol-version',
    wrong: null,
  },
  'mcp-invalid-token-status': {
    see: (probed) => called(probed, 'guessed'),
    right: 401,
    wrong: 403,
  },
  'mcp-invalid-token-error-code': {
    see: async ({ server }) =>
      (await callModern(server, 'tools/list', {}, bearer('guessed'))).headers
        .get('www-authenticate')
        ?.includes('error='),
    right: true,
    wrong: false,
  },
  'mcp-bearer-scheme-case': {
    see: async ({ server }) => {
      const { tokens } = await obtainTokens(server);
      const headers = { authorization: `bearer ${tokens.access_token}` };
      return (await callModern(server, 'tools/list', {}, headers)).status;
    },
    right: 200,
    wrong: 401,
  },
  'mcp-session-id-as-auth': {
    see: async ({ server }) =>
      (await callLegacy(server, { id: 1, method: 'tools/list' }, { 'mcp-session-id': 's' })).status,
    right: 401,
    wrong: 200,
  },
  'mcp-unauthenticated-stream': {
    see: async ({ server }) => (await fetch(server.mcpUrl)).status,
    right: 401,
    wrong: 200,
  },
  'transport-get-delete-status': {
    see: async ({ server }) => {
      const { tokens } = await obtainTokens(server);
      return (await fetch(server.mcpUrl, { headers: bearer(tokens.access_token) })).status;
    },
    right: 405,
    wrong: 404,
  },
  'transport-terminated-session': {
    see: async (probed) => (await inSession(probed, { 'mcp-session-id': 'ended' })).status,
    right: 404,
    wrong: 400,
  },
  'transport-protocol-version-unchecked': {
    see: async (probed) =>
      (await inSession(probed, { 'mcp-protocol-version': '1900-01-01' })).status,
    right: 400,
    wrong: 200,
  },
  'modern-version-error': {
    see: (probed) =>
      errorCode(probed, 'tools/list', { 'mcp-protocol-version': '2099-01-01' }, '2099-01-01'),
    right: -32022,
    wrong: -32600,
  },
  'modern-header-validation': {
    see: (probed) => errorCode(probed, 'tools/list', { 'mcp-method': 'tools/call' }),
    right: -32020,
    wrong: undefined,
  },
  'modern-meta-validation': {
    see: (probed) => errorCode(probed, 'tools/list', {}, undefined),
    right: -32602,
    wrong: undefined,
  },
  'modern-unknown-method': {
    see: async ({ server }) => {
      const { tokens } = await obtainTokens(server);
      return (await callModern(server, 'tools/nothing', {}, bearer(tokens.access_token))).status;
    },
    right: 404,
    wrong: 200,
  },
  'mcp-token-in-query-accepted': {
    see: async ({ server }) => {
      const { tokens } = await obtainTokens(server);
      const mcpUrl = `${server.mcpUrl}?access_token=${tokens.access_token}`;
      return (await callModern({ ...server, mcpUrl }, 'tools/list', {})).status;
    },
    right: 401,
    wrong: 200,
  },
  'mcp-forged-jwt-accepted': {
    see: async (probed) => {
      const { tokens } = await obtainTokens(probed.server);
      return called(probed, new UnsecuredJWT(decodeJwt(tokens.access_token)).encode());
    },
    right: 401,
    wrong: 200,
  },
  'mcp-expired-token-accepted': {
    see: async (probed) => {
      const { tokens } = await obtainTokens(probed.server);
      probed.advance(3700);
      return called(probed, tokens.access_token);
    },
    right: 401,
    wrong: 200,
  },
  'mcp-audience-confusion': {
    see: async (probed) => {
      const resource = 'https://other.example/mcp';
      const flow = await obtainCode(probed.server, { resource }).catch(() => undefined);
      if (!flow?.code) return 'invalid_target';
      const form = { ...codeForm(probed.server, flow), resource };
      return called(probed, String((await postToken(probed.server, form)).document.access_token));
    },
    right: 'invalid_target',
    wrong: 200,
  },
  'mcp-id-token-accepted': {
    see: async (probed) => {
      const flow = await obtainCode(probed.server, { scope: 'openid' });
      const { document } = await postToken(probed.server, codeForm(probed.server, flow));
      return called(probed, String(document.id_token));
    },
    right: 401,
    wrong: 200,
  },
  'transport-origin-unchecked': {
    see: async ({ server }) => {
      const { tokens } = await obtainTokens(server);
      const headers = { ...bearer(tokens.access_token), ...FOREIGN };
      return (await callModern(server, 'tools/list', {}, headers)).status;
    },
    right: 403,
    wrong: 200,
  },
  'transport-host-rebinding': {
    see: ({ server }) =>
      new Promise((resolve) => {
        const headers = { host: 'attacker.example' };
        request(server.mcpUrl, { method: 'POST', headers }, (response) =>
          resolve(response.resume().statusCode),
        ).end('{}');
      }),
    right: 403,
    wrong: 401,
  },
};
