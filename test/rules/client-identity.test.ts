import { edit, exchangeOf, happyTrace, jsonBody, ruleTable } from './support.ts';

const modern = () => edit(happyTrace('2026-07-28'));

ruleTable('client-application-type', {
  valid: {
    'a native client': modern(),
    'a web client': modern().requestBody('registration', {
      application_type: 'web',
      redirect_uris: ['https://tools.example.com/cb'],
    }),
  },
  invalid: {
    'no type': [
      modern().requestBody('registration', { application_type: undefined }),
      { message: 'absent, expected "native"', at: 'registration/request/body/application_type' },
    ],
    'a web client on a loopback host': [
      modern().requestBody('registration', { application_type: 'web' }),
      { message: '"web" with the redirect URI' },
    ],
    'an unknown type': [
      modern().requestBody('registration', { application_type: 'cli', redirect_uris: [] }),
      { message: '"cli", expected "native" or "web"' },
    ],
  },
  inconclusive: {
    'a request that is not in the trace': modern().exchange('registration', (one) => ({
      ...one,
      request: { ...one.request, body: null },
    })),
  },
  notApplicable: { 'no registration': modern().without('registration') },
});

const document = (members: Readonly<Record<string, unknown>>) =>
  exchangeOf(
    'registration',
    'registration',
    { url: 'https://tools.demo.test/client.json' },
    { status: 200, body: jsonBody(members) },
  );

ruleTable('client-refresh-grant-undeclared', {
  valid: {
    'a declared grant': modern(),
    'a document that declares it': modern()
      .without('registration')
      .add(document({ grant_types: ['refresh_token'] })),
  },
  invalid: {
    'an undeclared grant that is used': [
      modern().requestBody('registration', { grant_types: undefined }),
      { message: 'grant_types is absent', at: 'registration/request/body/grant_types' },
    ],
    'a document without it and offline_access': [
      modern()
        .without('registration', 'refresh')
        .add(document({ grant_types: ['authorization_code'] })),
      { message: '["authorization_code"]', at: 'registration/response/body/grant_types' },
    ],
  },
  inconclusive: {
    'a client that shows no wish to refresh': edit()
      .requestBody('registration', { grant_types: ['authorization_code'] })
      .without('refresh'),
  },
  notApplicable: { 'no metadata of the client': modern().without('registration') },
});

const otherServer = {
  issuer: 'https://other.demo.test',
  authorization_endpoint: 'https://other.demo.test/authorize',
  token_endpoint: 'https://other.demo.test/token',
};

ruleTable('client-credential-issuer-binding', {
  valid: {
    'one server': modern(),
    'a document as client_id at two servers': modern()
      .without('registration')
      .query('authorize', { client_id: 'https://tools.demo.test/client.json' })
      .form('token', { client_id: 'https://tools.demo.test/client.json' })
      .again('asm', (one) => ({
        ...one,
        response: { status: 200, headers: [], body: jsonBody(otherServer) },
      }))
      .url('token', otherServer.token_endpoint),
    'an endpoint that no metadata names': modern().url('token', 'https://nobody.demo.test/token'),
  },
  invalid: {
    'a registered client at another server': [
      modern()
        .again('asm', (one) => ({
          ...one,
          response: { status: 200, headers: [], body: jsonBody(otherServer) },
        }))
        .url('token', otherServer.token_endpoint),
      { message: '"https://other.demo.test"', at: 'token/request' },
    ],
    'a client of the user at two servers': [
      modern()
        .without('registration')
        .again('asm', (one) => ({
          ...one,
          response: { status: 200, headers: [], body: jsonBody(otherServer) },
        }))
        .url('token', otherServer.token_endpoint),
    ],
  },
  inconclusive: { 'no metadata': modern().without('asm') },
  notApplicable: {
    'no client_id': modern().without('registration', 'authorize', 'callback', 'token', 'refresh'),
  },
});
