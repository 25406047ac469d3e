import type { Body } from '../schema.ts';
import { fullAllowance, rewriteBytes } from './bytes.ts';
import { plainly } from './spelling.ts';
import { formatOf, type Visitor, walkText } from './walker.ts';

/** Makes a walk over the bodies of a trace; `tail` finishes one that was cut off. */
export function createBodyWalk(
  visitor: Visitor,
  tail: (text: string) => string,
): (body: Body) => Body {
  const allowance = fullAllowance();
  return (body) => {
    let holdsHuman = false as boolean;
    const rewrite = (text: string): string => {
      const walked = walkText(text, visitor, formatOf(body.media_type, text));
      const ended = body.truncated ? tail(walked) : walked;
      holdsHuman ||= ended !== text && NUMBERED.test(ended);
      return ended;
    };
    const kept = rewriteKept(body, rewrite, (bytes) => rewriteBytes(bytes, rewrite, allowance));
    return {
      ...body,
      media_type: visitor.text(body.media_type, plainly),
      ...(holdsHuman && body.sha256 !== undefined && { sha256: null }),
      ...kept,
    };
  };
}

/** A label without a digest: the hash of the whole body would let the secret be found by trying. */
const NUMBERED = /(?:<|%3C|&#60;|\\u003c)[a-z_]+(?: |%20|\+)(?:#|%23)\d+/i;

/** What is kept of the body, rewritten. */
interface Kept {
  readonly text?: string;
  readonly base64?: string;
  readonly truncated?: true;
  readonly sha256?: null;
}

function rewriteKept(
  { text, base64 }: Body,
  rewriteText: (text: string) => string,
  rewriteBytes: (bytes: Buffer) => Buffer | undefined,
): Kept {
  if (base64 !== undefined) {
    const bytes = Buffer.from(base64, 'base64');
    const rewritten = rewriteBytes(bytes);
    if (!rewritten) return { base64: '', ...WITHHELD };
    return { base64: rewritten === bytes ? base64 : rewritten.toString('base64') };
  }
  if (text === undefined) return {};
  // UTF-16 of ASCII without a mark is UTF-8 too.
  if (text.charCodeAt(0) !== 0 && text.charCodeAt(1) !== 0) return { text: rewriteText(text) };
  const rewritten = rewriteBytes(Buffer.from(text));
  return rewritten ? { text: rewritten.toString() } : { text: '', ...WITHHELD };
}

/** Nobody can tell what stands in a body that cannot be looked into. */
const WITHHELD = { truncated: true, sha256: null } as const;
