import { kindOfName } from '../trace/redact/names.ts';
import { looksRandom } from '../trace/redact/vocabulary.ts';
import type { KnownSecret } from '../trace/redact.ts';
import type { Credentials } from './credentials.ts';
import { grantSecrets } from './grant-settings.ts';
import type { Settings } from './settings.ts';
import type { TraceCommandOptions } from './trace-options.ts';

/** Headers whose values are credentials whatever they look like. */
const SECRET_HEADER = /authorization|cookie|token|secret|key|password|credential/i;

/**
 * Everything secret that the user brought: found wherever a server repeats it. Of the form fields only
 * what is named or looks like a secret: a tenant or a country is none.
 */
export function knownSecrets(
  { flow, connection }: Settings,
  options: TraceCommandOptions,
  { username, password }: Credentials,
): readonly KnownSecret[] {
  const proxies = [connection.proxy?.http, connection.proxy?.https].filter(
    (url) => url !== undefined,
  );
  return [
    ...one('password', password),
    ...grantSecrets(flow),
    ...(username?.includes('@') ? one('email', username) : []),
    ...options.form
      .filter(([name, value]) => kindOfName(name) !== undefined || looksRandom(value))
      .flatMap(([, value]) => one('form_field', value)),
    ...options.header
      .filter(([name]) => SECRET_HEADER.test(name))
      .flatMap(([, value]) => one('header', value)),
    ...proxies.flatMap((url) => {
      const word = decodeURIComponent(new URL(url).password);
      return one('proxy_credentials', word);
    }),
  ];
}

function one(kind: string, value: string | undefined): readonly KnownSecret[] {
  return value ? [{ kind, value, human: true }] : [];
}
