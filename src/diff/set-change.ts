/** What a list lost and gained where its order means nothing; linear, since servers send long ones too. */
export function setChange<T>(
  before: readonly T[],
  after: readonly T[],
): { readonly lost: readonly T[]; readonly gained: readonly T[] } {
  const [was, is] = [new Set(before), new Set(after)];
  return {
    lost: before.filter((item) => !is.has(item)),
    gained: after.filter((item) => !was.has(item)),
  };
}
