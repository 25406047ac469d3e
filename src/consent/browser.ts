import { safeAddress } from './address.ts';
import type { Consent } from './consent.ts';
import { type RemoteTerminal, sayAddress } from './print.ts';
import { printable } from './printable.ts';

/** The part of a started program that is watched: how it ends. */
export interface Launched {
  readonly once?: (event: 'exit', listener: (code: number | null) => void) => unknown;
}

/** How a URL is opened; the package `open` unless told otherwise. */
export interface BrowserOptions {
  readonly open?: (url: string) => Promise<Launched>;
  readonly ssh?: RemoteTerminal;
}

/**
 * The user's own browser is opened; the listener receives the callback. The URL is said too, and
 * where no browser opens that is all that is left.
 */
export function browser(options: BrowserOptions = {}): Consent {
  const open = options.open ?? openWithSystem;
  return {
    name: 'browser',
    approve: async (url, tools) => {
      // Parsed and serialised anew before anything else: a metadata document chose this URL.
      const address = safeAddress(url);
      sayAddress(address, tools, options.ssh);
      const failed = (why: string): void =>
        tools.say(`No browser could be opened (${printable(why)}): open the URL above yourself.`);
      try {
        const launched = await open(address);
        launched.once?.('exit', (code) => code && failed(`the opener ended with code ${code}`));
      } catch (error) {
        failed(error instanceof Error ? error.message : String(error));
      }
      return undefined;
    },
  };
}

async function openWithSystem(url: string): Promise<Launched> {
  const { default: open } = await import('open');
  return open(url);
}
