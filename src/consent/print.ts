import { safeAddress } from './address.ts';
import type { Consent, ConsentTools } from './consent.ts';

/** How this machine is reached, where the terminal is a remote one. */
export interface RemoteTerminal {
  /** Port of the SSH server here: the fourth word of `SSH_CONNECTION`. */
  readonly port: number;
  /** Name or address that the user reaches this machine by. */
  readonly host?: string;
}

/** The URL is printed; the user opens it wherever a browser is, and the listener waits. */
export function print(options: { readonly ssh?: RemoteTerminal } = {}): Consent {
  return {
    name: 'print',
    approve: async (url, tools) => {
      sayAddress(safeAddress(url), tools, options.ssh);
      return undefined;
    },
  };
}

/** Says where to go and, over SSH, how the answer finds its way back. */
export function sayAddress(address: string, tools: ConsentTools, ssh?: RemoteTerminal): void {
  tools.say('Open this URL in a browser to log in and approve:');
  tools.say(address);
  if (!ssh) return;
  const port = new URL(tools.redirectUri).port || '80';
  const where = ssh.port === 22 ? '' : `-p ${ssh.port} `;
  tools.say(
    'The answer comes back to this machine. If the browser runs elsewhere, first run there: ' +
      `ssh ${where}-L ${port}:127.0.0.1:${port} ${ssh.host ?? '<this machine>'}`,
  );
}
