import { randomBytes } from 'node:crypto';

/** What a lawful server issues in this run; each is a secret. */
export interface Issued {
  readonly code: string;
  readonly access: string;
  readonly refresh: string;
  readonly clientSecret: string;
  readonly registrationToken: string;
  readonly cookie: string;
  readonly session: string;
}

/** Draws everything anew. */
export function issue(): Issued {
  const random = (): string => randomBytes(24).toString('base64url');
  return {
    code: random(),
    access: random(),
    refresh: random(),
    clientSecret: random(),
    registrationToken: random(),
    cookie: random(),
    session: random(),
  };
}
