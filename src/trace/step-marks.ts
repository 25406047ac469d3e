/** Steps of exchanges that were recorded without knowing any: older traces, logs of gateways. */
import { STEP_IDS } from './format.ts';
import { headerValue } from './headers.ts';
import type { Body, Exchange, Header, StepRecord } from './schema.ts';

/** The step that a request without one belongs to. */
export function stepOf(
  url: string,
  method: string,
  body: Body | null,
  headers: readonly Header[],
): string {
  const content = body?.text ?? '';
  return STEP_MARKS.find(([, marks]) => marks(url, method, content, headers))?.[0] ?? 'call';
}

type Marks = (url: string, method: string, body: string, headers: readonly Header[]) => boolean;

/** What tells the step a request belongs to, the surest first. */
const STEP_MARKS: readonly (readonly [StepRecord['id'], Marks])[] = [
  ['resource-metadata', (url) => url.includes('/.well-known/oauth-protected-resource')],
  ['server-metadata', (url) => url.includes('/.well-known/')],
  ['refresh', (_, __, body) => /(^|&)grant_type=refresh_token(&|$)/.test(body)],
  ['token', (_, __, body) => /(^|&)grant_type=/.test(body)],
  ['registration', (_, method, body) => method === 'POST' && body.includes('"redirect_uris"')],
  ['call', (_, __, ___, headers) => headerValue(headers, 'authorization') !== undefined],
  ['challenge', (_, __, body) => body.includes('"jsonrpc"')],
  ['authorization', () => true],
];

/** One record per step that has exchanges; it failed where its last answer is an error or missing. */
export function stepsOf(log: readonly Exchange[]): readonly StepRecord[] {
  return STEP_IDS.flatMap((id): readonly StepRecord[] => {
    const own = log.filter((exchange) => exchange.step === id);
    const last = own.at(-1);
    if (!last) return [];
    const status = last.response?.status ?? 0;
    const isFine = (status >= 200 && status < 400) || (id === 'challenge' && status === 401);
    return [
      {
        id,
        outcome: isFine ? 'done' : 'failed',
        reason: isFine ? null : last.response ? `status ${status}` : 'no answer was recorded',
        exchanges: own.map((exchange) => exchange.id),
        duration_ms: own.reduce((sum, { timing }) => sum + timing.total_ms, 0),
      },
    ];
  });
}
