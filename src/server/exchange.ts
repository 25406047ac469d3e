import { createHash } from 'node:crypto';
import { headerValue, mediaType } from '../trace/headers.ts';
import type { Body, Exchange, Header, StepId } from '../trace/schema.ts';
import type { Answer, AnswerKind, Inbound } from './answer.ts';

/**
 * One handled request as a trace records it, seen from the server: `traceparent` stays among its
 * headers, so that a client's log and this one can be laid side by side. Nothing is redacted.
 */
export function recordExchange(id: number, inbound: Inbound, answer: Answer): Exchange {
  const total = Math.max(0, Date.now() - inbound.startedAt);
  const [step, channel] = PLACES[answer.kind];
  return {
    id,
    step,
    channel,
    caused_by: null,
    started_at: new Date(inbound.startedAt).toISOString(),
    timing: {
      dns_ms: 0,
      connect_ms: 0,
      tls_ms: 0,
      wait_ms: total,
      receive_ms: 0,
      total_ms: total,
    },
    connection: {
      remote_address: inbound.remoteAddress,
      http_version: '1.1',
      tls: inbound.tls && {
        ...inbound.tls,
        authorized: false,
        authorization_error: null,
        certificate: null,
      },
    },
    request: {
      method: inbound.method,
      url: inbound.url.href,
      headers: inbound.headers,
      body: recordBody(inbound.headers, inbound.body || undefined),
    },
    response: {
      status: answer.status,
      headers: answer.headers,
      body: recordBody(answer.headers, answer.body),
    },
    failure: null,
  };
}

function recordBody(headers: readonly Header[], text: string | undefined): Body | null {
  if (text === undefined) return null;
  return {
    media_type: mediaType(headerValue(headers, 'content-type')),
    size: Buffer.byteLength(text),
    sha256: createHash('sha256').update(text).digest('hex'),
    text,
  };
}

/** Where in the sequence an answer belongs, and who asked for it. */
const PLACES: Readonly<Record<AnswerKind, readonly [StepId, Exchange['channel']]>> = {
  challenge: ['challenge', 'back'],
  rejection: ['call', 'back'],
  'step-up': ['call', 'back'],
  prm: ['resource-metadata', 'back'],
  asm: ['server-metadata', 'back'],
  'openid-configuration': ['server-metadata', 'back'],
  jwks: ['server-metadata', 'back'],
  registration: ['registration', 'back'],
  'registration-error': ['registration', 'back'],
  'client-configuration': ['cleanup', 'back'],
  authorize: ['authorization', 'front'],
  page: ['authorization', 'front'],
  callback: ['authorization', 'front'],
  token: ['token', 'back'],
  refresh: ['refresh', 'back'],
  'token-error': ['token', 'back'],
  revocation: ['cleanup', 'back'],
  introspection: ['call', 'back'],
  mcp: ['call', 'back'],
  stream: ['call', 'back'],
  refusal: ['call', 'back'],
};
