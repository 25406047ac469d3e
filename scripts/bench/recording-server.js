// Answers `/small` with a few hundred bytes and `/large` with 1 MiB.
import { createServer } from 'node:http';

const bodies = {
  '/small': Buffer.from(JSON.stringify({ access_token: 'x'.repeat(200), token_type: 'Bearer' })),
  '/large': Buffer.alloc(1024 * 1024, '{"name":"a tool","description":"what it does"}\n'),
};

const server = createServer((request, response) => {
  request.resume();
  const body = bodies[request.url];
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ origin: `http://127.0.0.1:${server.address().port}` }));
});
