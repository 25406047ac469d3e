/** What never is the same in two runs, by the field it stands in or by its shape. */
import { isLabel } from '../trace/secret.ts';
import { remembered } from './memo.ts';

/** Where a field stands: in a query or a form, in a JSON document, among the claims of a token or of a person. */
export type FieldContext = 'form' | 'json' | 'personal';

/** What a field holds by its name; `text` when the name tells nothing. */
export type FieldMeaning = 'secret' | 'scope' | 'lifetime' | 'time' | 'text';

const SECRET_ANYWHERE = [
  'access_token refresh_token id_token id_token_hint subject_token actor_token client_assertion',
  'code_challenge code_verifier nonce c_nonce client_id client_secret registration_access_token',
  'request_uri device_code user_code session_state session_id sessionid sid jti ath at_hash c_hash',
  's_hash jkt kid x5t x5t#s256 azp cid traceparent trace_id correlation_id request_id requestid',
  'csrf csrf_token csrfmiddlewaretoken _csrf authenticity_token __requestverificationtoken',
];
const SECRET_IN_FORMS = ['code state token assertion request password otp'];
const SECRET_OF_PERSONS = [
  'sub email name preferred_username given_name family_name username login user user_id',
];

const LIFETIME =
  /^(?:expires_in|[a-z_]{1,40}_expires_in|max-age|s-maxage|interval|ttl|ttlms|retry-after)$/;
const TIME =
  /^(?:iat|exp|nbf|auth_time|timestamp|[a-z_]{1,40}_at|[a-z_]{1,40}_time|expires|date|last_modified)$/;

/** What a field holds, by its name and by where it stands. */
export function fieldMeaning(name: string, context: FieldContext): FieldMeaning {
  return MEANINGS[context](name);
}

const MEANINGS: Readonly<Record<FieldContext, (name: string) => FieldMeaning>> = {
  json: meaningsIn(words(SECRET_ANYWHERE)),
  form: meaningsIn(words([...SECRET_ANYWHERE, ...SECRET_IN_FORMS])),
  personal: meaningsIn(words([...SECRET_ANYWHERE, ...SECRET_IN_FORMS, ...SECRET_OF_PERSONS])),
};

/** @param secrets names of fields that are made anew in each run */
function meaningsIn(secrets: ReadonlySet<string>): (name: string) => FieldMeaning {
  return remembered((name) => {
    const key = name.toLowerCase();
    if (key === 'scope' || key === 'scp') return 'scope';
    if (secrets.has(key)) return 'secret';
    if (LIFETIME.test(key)) return 'lifetime';
    return TIME.test(key) ? 'time' : 'text';
  });
}

function words(lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(' ')));
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HEX_ID = /^(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{8,}$/i;
const LONG_NUMBER = /^\d{9,}$/;
const COMPACT_JWT = /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/;

/** True for text that a machine drew at random, by its shape, and for the label of a secret. */
export function looksRandom(run: string): boolean {
  if (run.length < 8) return isLabel(run);
  if (isLabel(run) || UUID.test(run) || HEX_ID.test(run)) return true;
  if (LONG_NUMBER.test(run) || COMPACT_JWT.test(run)) return true;
  if (run.length < 16 || run.includes('.')) return false;
  return turns(run) / run.length >= (/\d/.test(run) ? 0.35 : 0.5);
}

/** How often neighbouring characters change between lower case, upper case, digits and the rest. */
function turns(run: string): number {
  let count = 0;
  for (let index = 1; index < run.length; index += 1) {
    if (characterClass(run.charCodeAt(index)) !== characterClass(run.charCodeAt(index - 1)))
      count += 1;
  }
  return count;
}

function characterClass(code: number): number {
  if (code >= 97 && code <= 122) return 0;
  if (code >= 65 && code <= 90) return 1;
  return code >= 48 && code <= 57 ? 2 : 3;
}

/** Splits text so that every odd part is a word, a number, a host name or a label. */
export function splitRuns(text: string): readonly string[] {
  return text.split(/(<[a-z_]+ (?:#\d+|[\w-]{12})>|[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*)/);
}

const TIMES =
  /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/g;

/** The text with every date with a time of day replaced by one word. */
export function withoutTimes(text: string): string {
  return text.replace(TIMES, '{time}');
}
