import type { FlowOptions } from './options.ts';
import { switches } from './revision.ts';
import type { Facts } from './step.ts';

/**
 * The `resource` parameter of authorization and token requests, where the revision has one.
 * @see https://www.rfc-editor.org/rfc/rfc8707#section-2
 */
export function requestedResource(
  { resource }: Partial<Facts>,
  options: FlowOptions,
): { readonly resource?: string } {
  return resource && switches(options).resourceParameter ? { resource: resource.identifier } : {};
}
