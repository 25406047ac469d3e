import { Agent } from 'undici';
import { type Answer, type Http, HttpError, type HttpRequest } from '../../../src/http/http.ts';
import type { Header } from '../../../src/trace/schema.ts';

/** A way to the network that keeps no trace but a list of what was asked of it. */
export interface PlainHttp extends Http {
  readonly asked: readonly HttpRequest[];
}

/** Sends over real sockets, follows nothing, numbers the recorded requests. */
export function plainHttp(): PlainHttp {
  const agent = new Agent({ pipelining: 0 });
  const asked: HttpRequest[] = [];
  let exchanges = 0;
  const send = async (request: HttpRequest): Promise<Answer> => {
    asked.push(request);
    const exchange = request.recorded === false ? 0 : ++exchanges;
    const url = new URL(request.url);
    try {
      const answer = await agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method === 'POST' ? 'POST' : 'GET',
        headers: (request.headers ?? []).flat(),
        body: request.body ?? null,
        responseHeaders: 'raw',
        ...(request.signal && { signal: request.signal }),
      });
      const raw = answer.headers as unknown as readonly Buffer[];
      const headers = raw.flatMap((name, index): Header[] =>
        index % 2 === 0 ? [[String(name), String(raw[index + 1])]] : [],
      );
      const text = await answer.body.text();
      return {
        exchange,
        url: request.url,
        status: answer.statusCode,
        headers,
        text,
        truncated: false,
      };
    } catch (error) {
      const code = request.signal?.aborted ? 'ABORTED' : ((error as { code?: string }).code ?? '?');
      throw new HttpError(code, `${request.url}: ${code}`, exchange, error);
    }
  };
  return { send, asked };
}
