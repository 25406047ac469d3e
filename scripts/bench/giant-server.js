// Answers that no server in its right mind gives. Prints where it listens and what the large body hashes to.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const GIBIBYTE = 1024 ** 3;
const EVENTS = 100_000;
const CHUNK = Buffer.alloc(64 * 1024, 'all work and no play makes a dull body\n');

const routes = {
  'POST /mcp': (response) => {
    const pointer = `${origin}/.well-known/oauth-protected-resource/mcp`;
    response.writeHead(401, {
      'content-type': 'text/plain',
      'www-authenticate': `Bearer resource_metadata="${pointer}"`,
    });
    stream(response, GIBIBYTE / CHUNK.length, () => CHUNK);
  },
  'GET /.well-known/oauth-protected-resource/mcp': (response) =>
    answer(response, { resource: `${origin}/mcp`, authorization_servers: [origin] }),
  'POST /events': (response, { id, method }) => {
    if (id === undefined) return void response.writeHead(202).end();
    const result = RESULTS[method];
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const events = method === 'initialize' ? EVENTS : 0;
    stream(response, events + 1, (index) => {
      const progress = { method: 'notifications/progress', params: { progress: index } };
      const message = { jsonrpc: '2.0', ...(index < events ? progress : { id, result }) };
      return `data: ${JSON.stringify(message)}\n\n`;
    });
  },
};

const RESULTS = {
  initialize: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'giant', version: '1.0.0' },
  },
  'tools/list': { tools: [] },
};

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const route = routes[`${request.method} ${request.url}`];
  if (route) route(response, body === '' ? {} : JSON.parse(body));
  else response.writeHead(404).end();
});
let origin = '';
server.listen(0, '127.0.0.1', () => {
  origin = `http://127.0.0.1:${server.address().port}`;
  console.log(JSON.stringify({ origin, size: GIBIBYTE, sha256: digest(), events: EVENTS }));
});

/** Writes as fast as it is read, and no faster. */
function stream(response, count, chunkOf) {
  let index = 0;
  const more = () => {
    while (index < count) {
      index += 1;
      if (!response.write(chunkOf(index - 1))) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}

function answer(response, document) {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
}

function digest() {
  const hash = createHash('sha256');
  for (let index = 0; index < GIBIBYTE / CHUNK.length; index += 1) hash.update(CHUNK);
  return hash.digest('hex');
}
