import { chooseScope, parseScope } from '../oauth/scope.ts';
import type { FlowOptions } from './options.ts';
import { asksForOfflineAccess } from './revision.ts';
import type { Facts } from './step.ts';

/** The scope this run asks for: the user's, else the challenge's, else the resource's, else none. */
export function requestedScope(facts: Partial<Facts>, options: FlowOptions): string | undefined {
  if (facts.stepUp !== undefined) return facts.stepUp;
  const supported = facts.server?.metadata.scopes_supported ?? [];
  const chosen = chooseScope({
    challenge: facts.challenge?.bearer?.parameters.get('scope'),
    supported: facts.resource?.document?.scopes_supported,
    override: options.scope,
    offlineAccess: mayOutliveUser(options) && supported.includes('offline_access'),
  });
  return options.scope === undefined ? within(chosen, facts.client?.scope) : chosen;
}

/** A registration that narrowed the scope would have the server answer invalid_scope. */
function within(scope: string | undefined, allowed: string | undefined): string | undefined {
  if (scope === undefined || allowed === undefined) return scope;
  const registered = parseScope(allowed);
  const kept = [...parseScope(scope)].filter((item) => registered.has(item));
  return kept.length > 0 ? kept.join(' ') : scope;
}

/** Access without the user is only for those who had one: a grant of the client's own needs none. */
function mayOutliveUser(options: FlowOptions): boolean {
  const { grant = 'authorization_code' } = options;
  return (
    asksForOfflineAccess(options) && (grant === 'authorization_code' || grant === 'device_code')
  );
}
