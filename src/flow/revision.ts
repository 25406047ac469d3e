import { NEWEST_LEGACY, type Revision } from '../spec/revisions.ts';
import type { FlowOptions } from './options.ts';

/** The switches a run goes by: those of the revision asked for, with `auto` those of the newest legacy one. */
export function switches({ revision }: FlowOptions): Revision {
  return revision === 'auto' ? NEWEST_LEGACY : revision;
}

/**
 * Whether a second authorization asks for the earlier scope too. A client of a revision where the
 * challenge stands alone can repeat only the request that was refused: what it had before may be gone.
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#step-up-authorization-flow
 */
export function asksForUnion({ revision }: FlowOptions): boolean {
  return revision === 'auto' || revision.stepUpScope === 'union';
}

/** Whether `offline_access` may be added to the scope: clients of today do, whatever they speak. */
export function asksForOfflineAccess({ revision }: FlowOptions): boolean {
  return revision === 'auto' || revision.offlineAccess;
}
