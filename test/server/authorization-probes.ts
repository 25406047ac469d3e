import {
  authorizeUrl,
  browser,
  codeForm,
  obtainCode,
  obtainTokens,
  postToken,
  REDIRECT,
  refreshForm,
  register,
} from './client.ts';
import {
  authorize,
  authorizeDocument,
  called,
  FOREIGN,
  header,
  type Probe,
  redeemed,
  refreshed,
  VERIFIER,
} from './probe.ts';

/** Probes of the authorization server. */
export const AUTHORIZATION_PROBES: Readonly<Record<string, Probe>> = {
  'cors-metadata-missing': {
    see: async ({ server }) =>
      header(
        fetch(`${server.issuer}/.well-known/oauth-authorization-server`),
        'access-control-allow-origin',
      ),
    right: '*',
    wrong: null,
  },
  'authz-cors-enabled': {
    see: ({ server }) =>
      header(
        fetch(`${server.issuer}/authorize`, { headers: FOREIGN }),
        'access-control-allow-origin',
      ),
    right: null,
    wrong: '*',
  },
  'authz-untrusted-redirect-followed': {
    see: (probed) => authorize(probed, { redirect_uri: 'https://evil.example/' }),
    right: 400,
    wrong: 303,
  },
  'authz-implicit-accepted': {
    see: async ({ server }) => {
      const { document } = await register(server);
      const url = authorizeUrl(server, String(document.client_id), VERIFIER, {
        response_type: 'token',
      });
      return (await browser().visit(url)).location?.includes('#access_token=');
    },
    right: false,
    wrong: true,
  },
  'unknown-parameter-rejected': {
    see: async ({ server }) => {
      const { document } = await register(server);
      const url = authorizeUrl(server, String(document.client_id), VERIFIER, { x_trace: '1' });
      return (await browser().visit(url)).location?.includes('error=invalid_request') ?? false;
    },
    right: false,
    wrong: true,
  },
  'dcr-accepts-http-redirect': {
    see: async ({ server }) =>
      (await register(server, { redirect_uris: ['http://client.example/cb'] })).status,
    right: 400,
    wrong: 201,
  },
  'dcr-accepts-dangerous-redirect': {
    see: async ({ server }) =>
      (await register(server, { redirect_uris: ['javascript:alert(1)'] })).status,
    right: 400,
    wrong: 201,
  },
  'token-password-grant-accepted': {
    see: async ({ server }) => {
      const { document } = await register(server);
      const client_id = String(document.client_id);
      const form = { grant_type: 'password', username: 'a', password: 'b', client_id };
      return (await postToken(server, form)).status;
    },
    right: 400,
    wrong: 200,
  },
  'authz-redirect-uri-partial-match': {
    see: (probed) => authorize(probed, { redirect_uri: `${REDIRECT}/more` }),
    right: 400,
    wrong: 200,
  },
  'authz-loopback-port-fixed': {
    see: (probed) => authorize(probed, { redirect_uri: 'http://127.0.0.1:1/callback' }),
    right: 200,
    wrong: 400,
  },
  'authz-pkce-not-required': {
    see: (probed) =>
      authorize(probed, { code_challenge: undefined, code_challenge_method: undefined }),
    right: 303,
    wrong: 200,
  },
  'authz-pkce-plain-accepted': {
    see: (probed) => authorize(probed, { code_challenge_method: 'plain' }),
    right: 303,
    wrong: 200,
  },
  'cimd-mismatch-accepted': {
    see: (probed) => authorizeDocument(probed, { client_id: 'https://other.example/client.json' }),
    right: 400,
    wrong: 200,
  },
  'cimd-redirect-unchecked': {
    see: (probed) => authorizeDocument(probed, {}, { redirect_uri: `${REDIRECT}/more` }),
    right: 400,
    wrong: 200,
  },
  'token-wrong-verifier-accepted': {
    see: (probed) => redeemed(probed, { code_verifier: 'w'.repeat(43) }),
    right: 'invalid_grant',
    wrong: undefined,
  },
  'token-missing-verifier-accepted': {
    see: (probed) => redeemed(probed, { code_verifier: undefined }),
    right: 'invalid_grant',
    wrong: undefined,
  },
  'token-pkce-downgrade-accepted': {
    see: async ({ server }) => {
      const changes = { code_challenge: undefined, code_challenge_method: undefined };
      const flow = await obtainCode(server, changes);
      return (await postToken(server, codeForm(server, flow))).document.error;
    },
    right: 'invalid_grant',
    wrong: undefined,
  },
  'token-code-replay-accepted': {
    see: async ({ server }) => {
      const { flow } = await obtainTokens(server);
      return (await postToken(server, codeForm(server, flow))).document.error;
    },
    right: 'invalid_grant',
    wrong: undefined,
  },
  'token-code-replay-not-revoked': {
    see: async (probed) => {
      const { flow, tokens } = await obtainTokens(probed.server);
      await postToken(probed.server, codeForm(probed.server, flow));
      return called(probed, tokens.access_token);
    },
    right: 401,
    wrong: 200,
  },
  'token-redirect-uri-unchecked': {
    see: (probed) => redeemed(probed, { redirect_uri: 'https://other.example/' }),
    right: 'invalid_grant',
    wrong: undefined,
  },
  'token-client-binding-missing': {
    see: async (probed) => {
      const { document } = await register(probed.server);
      return redeemed(probed, { client_id: String(document.client_id) });
    },
    right: 'invalid_grant',
    wrong: undefined,
  },
  'token-resource-mismatch-accepted': {
    see: (probed) => redeemed(probed, { resource: 'https://other.example/mcp' }),
    right: 'invalid_target',
    wrong: undefined,
  },
  'refresh-replay-accepted': {
    see: async ({ server }) => {
      const { flow, tokens } = await obtainTokens(server);
      const form = refreshForm(server, flow.clientId, tokens.refresh_token);
      await postToken(server, form);
      return (await postToken(server, form)).document.error;
    },
    right: 'invalid_grant',
    wrong: undefined,
  },
  'refresh-replay-no-revocation': {
    see: async ({ server }) => {
      const { flow, tokens } = await obtainTokens(server);
      const form = refreshForm(server, flow.clientId, tokens.refresh_token);
      const { document } = await postToken(server, form);
      await postToken(server, form);
      const newest = { ...form, refresh_token: String(document.refresh_token) };
      return (await postToken(server, newest)).document.error;
    },
    right: 'invalid_grant',
    wrong: undefined,
  },
  'refresh-scope-escalation': {
    see: (probed) => refreshed(probed, { scope: 'mcp:tools stocks:read' }),
    right: 'invalid_scope',
    wrong: undefined,
  },
  'refresh-client-binding': {
    see: async (probed) => {
      const { document } = await register(probed.server);
      return refreshed(probed, { client_id: String(document.client_id) });
    },
    right: 'invalid_grant',
    wrong: undefined,
  },
  'revocation-ineffective': {
    see: async (probed) => {
      const { flow, tokens } = await obtainTokens(probed.server);
      const body = new URLSearchParams({ client_id: flow.clientId, token: tokens.access_token });
      await fetch(`${probed.server.issuer}/revoke`, { method: 'POST', body });
      return called(probed, tokens.access_token);
    },
    right: 401,
    wrong: 200,
  },
};
