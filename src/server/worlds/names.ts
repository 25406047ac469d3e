/** What the worlds are called, in the order of their list: known without loading their servers. */
export const WORLD_NAMES = [
  'minimal',
  'secured-api',
  'federated',
  'legacy',
  'legacy-bare',
] as const;

/** The name of a world. */
export type WorldName = (typeof WORLD_NAMES)[number];
