import { hash, webcrypto } from 'node:crypto';

/** Gives the SHA-256 of a body, in hex. */
export type Digest = () => string;

/** Bytes from which on another thread is worth its start. */
const LONG = 64 * 1024;

/**
 * The SHA-256 of bytes that change no more. That of a long body is computed beside the run; who asks
 * before it is there computes it for themselves.
 */
export function digestOf(bytes: Buffer): Digest {
  let hex: string | undefined;
  // Let go of once they are hashed: far less of a body may be recorded.
  let unhashed = bytes;
  const digest = (): string => {
    hex ??= hash('sha256', unhashed);
    unhashed = NOTHING;
    return hex;
  };
  if (bytes.length < LONG) digest();
  else
    webcrypto.subtle.digest('SHA-256', bytes).then((made) => {
      hex ??= Buffer.from(made).toString('hex');
      digest();
    }, digest);
  return digest;
}

const NOTHING = Buffer.alloc(0);
