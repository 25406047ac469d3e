import manifest from '../../package.json' with { type: 'json' };

/** Name and version of this program, as traces and requests carry them. */
export const TOOL: { readonly name: string; readonly version: string } = {
  name: manifest.name,
  version: manifest.version,
};
