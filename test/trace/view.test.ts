import { describe, expect, it } from 'vitest';
import { redact } from '../../src/trace/redact.ts';
import type { Exchange } from '../../src/trace/schema.ts';
import { type Role, stringMember, stringsMember, viewTrace } from '../../src/trace/view.ts';
import { happyTrace, PARTS } from '../rules/happy-trace.ts';
import { formBody, jsonBody, type Parts, traceOf } from './support.ts';

const roleOf = (parts: Parts): Role => {
  const trace = traceOf(parts);
  return viewTrace(trace).role(trace.trace_log[0] as Exchange);
};

describe('the role of an exchange', () => {
  it.each<[Role, Parts]>([
    ['token', { method: 'POST', url: 'http://as/x', body: formBody({ grant_type: 'x' }) }],
    [
      'pushed-authorization',
      { method: 'POST', url: 'http://as/x', body: formBody({ response_type: 'code' }) },
    ],
    ['revocation', { method: 'POST', url: 'http://as/x', body: formBody({ token: 'x' }) }],
    [
      'mcp',
      { method: 'POST', url: 'http://as/x', body: jsonBody({ jsonrpc: '2.0', method: 'ping' }) },
    ],
    ['registration', { method: 'POST', url: 'http://as/x', body: jsonBody({ redirect_uris: [] }) }],
    ['resource-metadata', { url: 'http://a/.well-known/oauth-protected-resource/mcp' }],
    ['server-metadata', { url: 'http://a/.well-known/openid-configuration', step: 'x' }],
    ['server-metadata', { url: 'http://a/tenant/.well-known/oauth-authorization-server' }],
    ['mcp', { url: 'http://localhost:8000/mcp', step: 'cleanup' }],
    ['callback', { url: 'http://localhost:1/x', channel: 'loopback' }],
    ['authorization', { url: 'http://as/x?response_type=code', channel: 'front' }],
    ['authorization', { url: 'http://as/x?request_uri=urn:x&client_id=y', channel: 'front' }],
    ['page', { url: 'http://as/login', channel: 'front' }],
  ])('is %s', (role, parts) => {
    expect(roleOf(parts)).toBe(role);
  });

  it('is page where the server itself leads on with the parameters of the request', () => {
    const url = 'http://as/x?response_type=code&client_id=y';
    const trace = traceOf({ url, channel: 'front' }, { url, channel: 'front', causedBy: 1 });
    const view = viewTrace(trace);
    expect(trace.trace_log.map((one) => view.role(one))).toEqual(['authorization', 'page']);
  });

  it('falls back to its step', () => {
    expect(roleOf({ url: 'http://as/metadata', step: 'server-metadata' })).toBe('server-metadata');
    expect(roleOf({ url: 'http://as/metadata', step: 'authorization' })).toBe('other');
  });
});

describe('the questions to a trace', () => {
  const trace = happyTrace();
  const view = viewTrace(trace);

  it('tell anonymous calls from authorized ones', () => {
    expect(view.anonymousCalls.map(({ id }) => id)).toEqual([PARTS.challenge]);
    expect(view.authorizedCalls.map(({ id }) => id)).toContain(PARTS.list);
  });

  it('give the documents in use', () => {
    expect(view.resourceMetadata?.exchange.id).toBe(PARTS.prm);
    expect(view.serverMetadata?.exchange.id).toBe(PARTS.asm);
    expect(view.registration?.exchange.id).toBe(PARTS.registration);
  });

  it('tell token requests by their grant', () => {
    expect(view.tokenRequests('refresh_token').map(({ id }) => id)).toEqual([PARTS.refresh]);
    expect(view.tokenRequests()).toHaveLength(2);
  });

  it('ask no document of a request that failed', () => {
    const failed = traceOf({
      url: 'http://a/.well-known/oauth-protected-resource',
      status: 404,
      responseBody: jsonBody({ resource: 'x' }),
    });
    expect(viewTrace(failed).resourceMetadata).toBeUndefined();
  });

  it('say the same of a secret before and after redaction, but whom it speaks for', () => {
    const redacted = viewTrace(redact(trace));
    const token = (from: typeof view) =>
      String(from.tokenDocuments('authorization_code')[0]?.document.access_token);
    const { label: _, ...known } = view.secret(token(view));
    const { label: __, ...remembered } = redacted.secret(token(redacted));
    const claims = { ...known.jwt?.claims, sub: '<subject #1>' };
    expect(remembered).toEqual({ ...known, jwt: { ...known.jwt, claims } });
    expect(known.jwt?.claims.aud).toBe(trace.metadata.server_url);
  });

  it('take no claims from a label that nobody described', () => {
    expect(view.secret('<access_token abcdefghijkl>')).toEqual({
      label: '<access_token abcdefghijkl>',
      length: 0,
    });
  });

  it('name the revision spoken, else the one asked for', () => {
    const asked = (revision: { asked: string; used: string | null }) =>
      viewTrace({ ...trace, metadata: { ...trace.metadata, revision } }).revision;
    expect(asked({ asked: '2025-06-18', used: '2025-03-26' })).toBe('2025-03-26');
    expect(asked({ asked: '2025-06-18', used: null })).toBe('2025-06-18');
    expect(asked({ asked: 'auto', used: null })).toBeNull();
  });

  it('find an exchange by its id', () => {
    expect(view.exchange(PARTS.token)?.id).toBe(PARTS.token);
    expect([view.exchange(null), view.exchange(999)]).toEqual([undefined, undefined]);
  });
});

describe('members of a document', () => {
  it('are strings or nothing', () => {
    expect([
      stringMember({ a: 'x' }, 'a'),
      stringMember({ a: 1 }, 'a'),
      stringMember(undefined, 'a'),
    ]).toEqual(['x', undefined, undefined]);
  });

  it('are lists of strings or nothing', () => {
    expect([
      stringsMember({ a: ['x'] }, 'a'),
      stringsMember({ a: ['x', 1] }, 'a'),
      stringsMember({ a: 'x' }, 'a'),
    ]).toEqual([['x'], undefined, undefined]);
  });
});
