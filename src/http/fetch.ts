import type { Header } from '../trace/schema.ts';
import type { Answer, Http } from './http.ts';

/** The part of `fetch` that openid-client calls. */
export type Fetch = (
  url: string,
  options: {
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: unknown;
    readonly signal?: AbortSignal | undefined;
  },
) => Promise<Response>;

const BODILESS: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** A `fetch` over the recorded way to the network. `onAnswer` sees each answer as it came. */
export function createFetch(http: Http, onAnswer: (answer: Answer) => void = () => {}): Fetch {
  return async (url, { method = 'GET', headers = {}, body, signal }) => {
    // openid-client brings a user agent of its own; ours stands for the client profile.
    const own = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'user-agent');
    const answer = await http.send({
      method,
      url,
      headers: own as readonly Header[],
      ...(body !== undefined && body !== null && { body: String(body) }),
      ...(signal && { signal }),
    });
    onAnswer(answer);
    const named = new Headers();
    for (const [name, value] of answer.headers) named.append(name, value);
    return new Response(BODILESS.has(answer.status) ? null : answer.text, {
      status: answer.status,
      headers: named,
    });
  };
}
