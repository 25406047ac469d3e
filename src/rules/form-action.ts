/** `form-action` of a Content-Security-Policy: where the forms of a page may lead, redirects included. */

/**
 * The `form-action` sources of the policies, one list per policy; all of them have to admit a target.
 * @see https://www.w3.org/TR/CSP3/#directive-form-action
 */
export function formActions(headers: readonly string[]): readonly (readonly string[])[] {
  return headers
    .flatMap((header) => header.split(','))
    .flatMap((policy) => {
      const directives = policy.split(';').map((directive) => directive.trim().split(/\s+/));
      const found = directives.find(([name]) => name?.toLowerCase() === 'form-action');
      return found ? [found.slice(1)] : [];
    });
}

/** Whether a list of sources admits a target for a form of a page at `page`. */
export function admits(sources: readonly string[], page: string, target: string): boolean {
  return sources.some((source) => matches(source.toLowerCase(), page, target));
}

function matches(source: string, page: string, target: string): boolean {
  if (!URL.canParse(target)) return false;
  const { protocol, hostname, port } = new URL(target);
  if (source === '*') return protocol === 'http:' || protocol === 'https:';
  if (source === "'self'") return URL.canParse(page) && new URL(page).host === new URL(target).host;
  if (/^[a-z][a-z0-9+.-]*:$/.test(source)) return source === protocol;
  const parts =
    /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\[[0-9a-f:]+\]|[^:/]+)(?::(\d+|\*))?(?:\/.*)?$/.exec(source);
  if (!parts) return false;
  const [, scheme, host = '', wanted = ''] = parts;
  return (
    (!scheme || `${scheme}:` === protocol || (scheme === 'http' && protocol === 'https:')) &&
    (host === hostname || (host.startsWith('*.') && hostname.endsWith(host.slice(1)))) &&
    (wanted === '*' || wanted === port)
  );
}
