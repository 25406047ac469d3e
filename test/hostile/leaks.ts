/** The secrets that stand in some text, as they are or encoded in a way that anyone can undo. */
export function leaksIn(texts: readonly string[], secrets: readonly string[]): readonly string[] {
  return secrets.filter((secret) =>
    spellingsOf(secret).some((spelling) => texts.some((text) => text.includes(spelling))),
  );
}

function spellingsOf(secret: string): readonly string[] {
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('hex'),
    // Whatever stands before it in the encoded text: three alignments, without their uncertain ends.
    ...[0, 1, 2].flatMap((shift) => {
      const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]);
      const from = shift === 0 ? 0 : shift + 1;
      const certain = Math.floor((bytes.length * 8) / 6);
      return (['base64', 'base64url'] as const).map((encoding) =>
        bytes.toString(encoding).slice(from, certain),
      );
    }),
  ];
}
