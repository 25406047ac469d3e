import type { Exchange } from '../../trace/schema.ts';
import type { Role, View } from '../../trace/view.ts';
import {
  mcpFacts,
  registrationFacts,
  resourceMetadataFacts,
  serverMetadataFacts,
} from './discovery-facts.ts';
import type { FactFinder, FactTable } from './fact.ts';
import { authorizationFacts, callbackFacts } from './front-facts.ts';
import { tokenFacts } from './token-facts.ts';

/** Which facts an exchange of a role holds. */
const FINDERS: Readonly<Partial<Record<Role, FactFinder>>> = {
  mcp: mcpFacts,
  'resource-metadata': resourceMetadataFacts,
  'server-metadata': serverMetadataFacts,
  registration: registrationFacts,
  authorization: authorizationFacts,
  callback: callbackFacts,
  token: tokenFacts,
};

/** What an exchange means. */
export function factsOf(exchange: Exchange, view: View): readonly FactTable[] {
  return FINDERS[view.role(exchange)]?.(exchange, view) ?? [];
}
