import { isObject, type JsonObject } from '../../trace/body.ts';
import type { Header } from '../../trace/schema.ts';
import type { Answer, AnswerKind, Inbound } from '../answer.ts';
import type { Check, Claims, Situation } from '../realm.ts';

/** One deviation from the specifications: a change of one answer, or one check left out. */
export interface Fault {
  readonly id: string;
  /** What the server does wrong, as a statement about it. */
  readonly describe: string;
  /** Ids of the rules that notice it. */
  readonly rules: readonly string[];
  /** Changes the answer it is about and gives every other back as it is. Pure. */
  readonly change?: Change;
  /** Changes the claims of an access token before it is signed. Pure. */
  readonly mint?: (claims: Claims, situation: Situation) => Claims;
  /** Names an MCP session otherwise; the server knows it by that name. Pure. */
  readonly sessionId?: (id: string, count: number) => string;
  /** Checks the server leaves out. */
  readonly omits?: readonly Check[];
  /** What a client has to do for it to show, where the plain sequence does not suffice. */
  readonly needs?: Need;
}

/** What the plain sequence does not do. */
export type Need =
  /** Call `list_stocks` with the scope of the first challenge. */
  | 'step-up'
  /** Register by a client ID metadata document. */
  | 'client-metadata-document'
  /** Extra requests that a client never sends. */
  | 'probe';

/** A pure change of an answer. */
export type Change = (answer: Answer, inbound: Inbound) => Answer;

/** The parts of a row that are not always there. */
type Rest = Partial<Pick<Fault, 'rules' | 'mint' | 'sessionId' | 'omits' | 'needs'>>;

/** A row; its id is the rule it provokes, unless `rules` says otherwise. */
export function fault(
  id: string,
  describe: string,
  change: Change | undefined,
  rest: Rest = {},
): Fault {
  return { id, describe, rules: [id], ...(change && { change }), ...rest };
}

/** A row that only an extra request can show. */
export function probe(id: string, describe: string, change: Change): Fault {
  return fault(id, describe, change, { needs: 'probe' });
}

/** Applies changes to answers of some kinds only. */
export function on(
  kinds: AnswerKind | readonly AnswerKind[],
  ...changes: readonly Change[]
): Change {
  const wanted = [kinds].flat();
  return (answer, inbound) =>
    wanted.includes(answer.kind)
      ? changes.reduce((changed, change) => change(changed, inbound), answer)
      : answer;
}

/** Applies changes one after the other, each to what it is about. */
export function all(...changes: readonly Change[]): Change {
  return (answer, inbound) => changes.reduce((changed, change) => change(changed, inbound), answer);
}

/** Applies a change where the request is of a certain sort. */
export function when(
  applies: (inbound: Inbound, answer: Answer) => boolean,
  change: Change,
): Change {
  return (answer, inbound) => (applies(inbound, answer) ? change(answer, inbound) : answer);
}

/** Another status. */
export function status(code: number): Change {
  return (answer) => ({ ...answer, status: code });
}

/** A header with this one value, in place of what was there. */
export function header(name: string, value: string): Change {
  return (answer) => ({ ...answer, headers: [...others(answer, name), [name, value]] });
}

/** No such header. */
export function withoutHeader(name: string): Change {
  return (answer) => ({ ...answer, headers: others(answer, name) });
}

/** A header whose value is made from the one that was there. */
export function headerText(name: string, edit: (value: string) => string): Change {
  return (answer) => ({
    ...answer,
    headers: answer.headers.map(
      ([key, value]): Header => [key, key === name ? edit(value) : value],
    ),
  });
}

/** A parameter of the challenge: another value, or none for undefined. */
export function challengeParameter(name: string, value: string | undefined): Change {
  const written = value === undefined ? [] : [`${name}="${value}"`];
  return headerText('www-authenticate', (text) => {
    const kept = text
      .replace(/^Bearer /, '')
      .split(', ')
      .filter((parameter) => !parameter.startsWith(`${name}=`));
    return `Bearer ${[...kept, ...written].join(', ')}`;
  });
}

/** A member of a JSON answer: another value, or none for undefined. */
export function member(name: string, value: unknown): Change {
  return document((given) => ({ ...given, [name]: value }));
}

/** A JSON answer made from the one that was there; members set to undefined are left out. */
export function document(edit: (given: JsonObject, answer: Answer) => JsonObject): Change {
  return (answer) => {
    const given = parse(answer.body);
    return given ? { ...answer, body: JSON.stringify(edit(given, answer)) } : answer;
  };
}

/** An error sent to whatever redirect URI the authorization request names. */
export function sentBack(error: string): Change {
  return (_, { url: { origin, searchParams } }) => {
    const state = searchParams.get('state');
    const query = new URLSearchParams({ error, iss: origin, ...(state !== null && { state }) });
    const location = `${searchParams.get('redirect_uri')}?${query}`;
    return { kind: 'callback', status: 303, headers: [['location', location]] };
  };
}

/** Another answer altogether, of the same kind. */
export function answered(code: number, headers: readonly Header[], body?: string): Change {
  return ({ kind }) => ({ kind, status: code, headers, ...(body !== undefined && { body }) });
}

/** A body that is no JSON. */
export function text(body: string, type = 'text/plain'): Change {
  return (answer) => ({ ...header('content-type', type)(answer, NOBODY), body });
}

/** A JSON body in place of what was there. */
export function jsonBody(value: unknown): Change {
  return text(JSON.stringify(value), 'application/json');
}

/** The redirect of an authorization response, its query made from the one that was there. */
export function callbackQuery(edit: (query: URLSearchParams) => URLSearchParams): Change {
  return headerText('location', (location) => {
    const [target = '', query] = location.split('?');
    return `${target}?${edit(new URLSearchParams(query))}`;
  });
}

function others(answer: Answer, name: string): readonly Header[] {
  return answer.headers.filter(([key]) => key !== name);
}

function parse(body: string | undefined): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(body ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A change that does not look at the request still has to be given one. */
const NOBODY: Inbound = {
  method: 'GET',
  url: new URL('http://127.0.0.1/'),
  headers: [],
  body: '',
  remoteAddress: '',
  tls: null,
  startedAt: 0,
};
