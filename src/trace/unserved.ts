/**
 * True for an answer of a place where nobody takes such a request: it says nothing of what was sent, nor
 * that anything broke. Many a plain web server answers a POST with 501.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-15.6.2
 */
export function isUnserved(answer: { readonly status: number } | null | undefined): boolean {
  return answer !== null && answer !== undefined && UNSERVED.has(answer.status);
}

const UNSERVED: ReadonlySet<number> = new Set([404, 405, 501]);
