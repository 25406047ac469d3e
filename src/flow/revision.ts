import { NEWEST_LEGACY, type Revision } from '../spec/revisions.ts';
import type { FlowOptions } from './options.ts';

/** The switches a run goes by: those of the revision asked for, with `auto` those of the newest legacy one. */
export function switches({ revision }: FlowOptions): Revision {
  return revision === 'auto' ? NEWEST_LEGACY : revision;
}
