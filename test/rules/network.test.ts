import {
  botCheck,
  nonstandardPort,
  privateAddress,
  slowEndpoint,
} from '../../src/rules/network.ts';
import type { Exchange } from '../../src/trace/schema.ts';
import { edit, type Part, ruleTable } from './support.ts';

const nothing = edit({ ...edit().trace, trace_log: [] });
const connection = (part: Part, change: Partial<Exchange['connection']>) =>
  edit().exchange(part, (one) => ({ ...one, connection: { ...one.connection, ...change } }));
const slow = (part: Part, total_ms: number) =>
  edit().exchange(part, (one) => ({ ...one, timing: { ...one.timing, total_ms } }));

ruleTable(slowEndpoint, {
  valid: {
    fast: edit(),
    'a slow call, which is nobody’s business here': slow('list', 60_000),
  },
  invalid: {
    'over the budget': [
      slow('asm', 10_001),
      { message: 'took 10 s, expected less than 10 s', at: 'asm/timing/total_ms' },
    ],
    noticeable: [slow('prm', 3_100), { message: 'took 3.1 s', severity: 'info' }],
    'a refresh within its budget': [slow('refresh', 29_000), { severity: 'info' }],
    'a refresh over it': [slow('refresh', 31_000), { message: 'expected less than 30 s' }],
  },
  inconclusive: {
    'no answer': edit().noAnswer('prm', 'TIMEOUT', 'wait').failedAt('resource-metadata'),
  },
  notApplicable: { 'no request': nothing },
});

ruleTable(nonstandardPort, {
  valid: { '443': edit() },
  invalid: {
    'another port of the MCP server': [
      edit().url('challenge', 'https://api.demo.test:8444/mcp'),
      { message: '"api.demo.test:8444" is called on port 8444, expected 443' },
    ],
    'another port of the authorization server': [
      edit().url('token', 'https://login.demo.test:10000/token'),
      { at: 'token/request/url' },
    ],
  },
  notApplicable: { 'no request': nothing },
});

ruleTable(privateAddress, {
  valid: {
    public: edit(),
    'seen through a proxy': connection('prm', {
      remote_address: '10.0.0.1:3128',
      proxy: 'http://p:3128',
    }),
    'no connection': connection('prm', { remote_address: null }),
  },
  invalid: {
    'a private address': [
      connection('prm', { remote_address: '10.1.2.3:443' }),
      { message: '"api.demo.test" was reached at "10.1.2.3"', at: 'prm/connection/remote_address' },
    ],
    'carrier NAT': [connection('prm', { remote_address: '100.64.0.1:443' })],
    'a unique local address': [connection('prm', { remote_address: '[fd12::1]:443' })],
  },
  inconclusive: {
    'no server was reached': edit()
      .noAnswer('challenge', 'ENOTFOUND', 'dns')
      .failedAt('challenge')
      .exchange('challenge', (one) => ({
        ...one,
        connection: { ...one.connection, remote_address: null },
      })),
  },
  notApplicable: {
    'no request': nothing,
    'a server on this machine': edit({
      ...edit().trace,
      trace_log: edit().url('challenge', 'http://127.0.0.1:8000/mcp').trace.trace_log.slice(0, 1),
    }),
  },
});

const page = (part: Part, text: string) => edit().text(part, text, 'text/html').status(part, 403);

ruleTable(botCheck, {
  valid: { none: edit(), 'another page': page('prm', '<title>Forbidden</title>') },
  invalid: {
    'by its header': [
      edit().header('asm', 'cf-mitigated', 'challenge'),
      { message: 'with a check for browsers', at: 'asm/response' },
    ],
    'by its page': [
      page('registration', '<title>Just a moment...</title>'),
      { message: 'answered 403 with a check for browsers' },
    ],
  },
  inconclusive: {
    'no answer': edit().noAnswer('challenge', 'TIMEOUT', 'wait').failedAt('challenge'),
  },
  notApplicable: { 'no request': nothing },
});
