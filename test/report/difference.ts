import type { Difference } from '../../src/diff/difference.ts';

/** A difference, for reports that tell some: a member that is gone, unless told otherwise. */
export function differenceOf({
  where,
  ...other
}: Partial<Omit<Difference, 'where'>> & {
  readonly where?: Partial<Difference['where']>;
} = {}): Difference {
  return {
    kind: 'body',
    change: 'removed',
    where: {
      step: 'token',
      role: 'token',
      name: 'authorization_code',
      occurrence: 1,
      pointer: '/response/body/refresh_token',
      exchanges: { before: 10, after: 10 },
      ...where,
    },
    before: '{refresh_token}',
    weight: 'contract',
    text: 'refresh_token is gone: refresh_token in the answer of token (authorization_code)',
    also: [],
    ...other,
  };
}
