import { randomToken, sameSecret } from './random.ts';

/** Someone who can log in. */
export interface User {
  readonly name: string;
  readonly password: string;
  readonly email?: string | undefined;
}

/** The accounts of the authorization server. */
export interface Users {
  /** The user with this name or e-mail address and this password. */
  readonly authenticate: (login: string, password: string) => User | undefined;
  /** False when the name or the address is taken. */
  readonly add: (user: User) => boolean;
}

/** The accounts, starting with the given ones. */
export function createUsers(initial: readonly User[]): Users {
  const byLogin = new Map<string, User>();
  const add = (user: User): boolean => {
    const logins = [user.name, user.email].filter((login) => login !== undefined).map(folded);
    if (logins.some((login) => byLogin.has(login))) return false;
    for (const login of logins) byLogin.set(login, user);
    return true;
  };
  initial.forEach(add);
  return {
    add,
    authenticate: (login, password) => {
      const user = byLogin.get(folded(login));
      // An unknown name takes as long as a wrong password.
      return sameSecret(user?.password ?? randomToken(), password) ? user : undefined;
    },
  };
}

function folded(login: string): string {
  return login.trim().toLowerCase();
}
