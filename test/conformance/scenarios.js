/**
 * What each scenario of the official suite needs of our command line. A scenario is a generator of
 * runs: each yields its options and gets the trace of the run back. Where the suite looks at several
 * calls, there are several runs: its servers keep nothing from one to the next.
 */

/** The URL that the suite takes for a client ID metadata document; nothing is served there. */
const CLIENT_METADATA_URL = 'https://conformance-test.local/client-metadata.json';

/** Calls the tool of the suite's protected servers: a second request with the token. */
const CALL = ['--call', 'test-tool'];

const ANSWERS = ['--answers', '{"confirmed":true}'];

/** By scenario; one that is not named here needs no more than a run with a call. */
const SCENARIOS = {
  *initialize() {
    yield [];
  },
  *tools_call() {
    yield callOf('add_numbers', { a: 2, b: 3 });
  },
  *'sse-retry'() {
    yield callOf('test_reconnection', {});
  },
  *'elicitation-sep1034-client-defaults'() {
    yield [...callOf('test_client_elicitation_defaults', {}), '--answers', '{}'];
  },
  *'request-metadata'() {
    yield [];
  },
  *'http-standard-headers'() {
    yield callOf('test_headers', {});
    yield callOf('my-hyphenated-tool', {});
  },
  *'http-custom-headers'({ toolCalls }) {
    for (const call of toolCalls) yield callOf(call.name, call.arguments);
  },
  *'http-invalid-tool-headers'() {
    yield callOf('valid_tool', { region: 'us-west1' });
  },
  *'sep-2322-client-request-state'() {
    yield [...callOf('test_mrtr_echo_state', {}), ...ANSWERS];
    yield [...callOf('test_mrtr_unrelated', {}), ...ANSWERS];
    yield [...callOf('test_mrtr_no_state', {}), ...ANSWERS];
    yield [...callOf('test_mrtr_no_result_type', {}), ...ANSWERS];
  },
  *'json-schema-2020-12-preservation'() {
    const trace = yield [];
    yield callOf('json_schema_echo', { schema: schemaOf(trace, 'json_schema_2020_12_tool') });
  },
  *'json-schema-ref-no-deref'() {
    yield [];
  },
  *'auth/basic-cimd'() {
    yield [...CALL, '--client-metadata-url', CLIENT_METADATA_URL];
  },
  *'auth/pre-registration'(context) {
    yield [...CALL, ...client(context)];
  },
  *'auth/client-credentials-basic'(context) {
    yield [...CALL, '--grant', 'client_credentials', ...client(context)];
  },
  *'auth/client-credentials-jwt'(context, keep) {
    const key = keep('key.pem', context.private_key_pem);
    const algorithm = context.signing_algorithm ?? 'ES256';
    const identity = ['--client-id', context.client_id, '--client-key', key];
    yield [...CALL, '--grant', 'client_credentials', ...identity, '--client-key-alg', algorithm];
  },
  'auth/enterprise-managed-authorization': enterprise,
  'auth/cross-app-access-complete-flow': enterprise,
  *'auth/wif-jwt-bearer'(context, keep) {
    const assertion = ['--assertion', keep('workload.jwt', context.valid_jwt)];
    yield [...CALL, '--grant', 'jwt_bearer', '--client-id', context.client_id, ...assertion];
  },
  *'auth/dpop'() {
    yield [...CALL, '--dpop'];
  },
  *'auth/dpop-nonce'() {
    yield [...CALL, '--dpop'];
  },
};

/** The runs of a scenario; `keep` writes a secret to a file and names it. */
export function runsOf(scenario, context, keep) {
  const runs = SCENARIOS[scenario];
  return runs ? runs(context, keep) : oneCall();
}

function* oneCall() {
  yield CALL;
}

function* enterprise(context, keep) {
  const provider = [
    ...['--id-token', keep('id-token.jwt', context.idp_id_token)],
    ...['--idp-token-endpoint', context.idp_token_endpoint],
    ...['--idp-client-id', context.idp_client_id],
  ];
  yield [...CALL, '--grant', 'enterprise', ...client(context), ...provider];
}

function callOf(tool, given) {
  return ['--call', tool, '--args', JSON.stringify(given)];
}

function client({ client_id: id, client_secret: secret }) {
  return ['--client-id', id, '--client-secret', secret];
}

/** The schema of a tool, from what the trace holds of the server's list. */
function schemaOf({ trace_log: log }, name) {
  const texts = log.map(({ response }) => response?.body?.text ?? '');
  const documents = texts.flatMap((text) => text.match(/\{.*\}/g) ?? []).map(parse);
  const tools = documents.flatMap((document) => document?.result?.tools ?? []);
  return tools.find((tool) => tool.name === name)?.inputSchema;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
