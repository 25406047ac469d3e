/**
 * What of the format is known without its schema: a run writes a trace and never reads one, and
 * building the schema would be a good part of its time.
 */

/** The version this build writes. Raising it breaks the build until `upgrade.ts` knows the old one. */
export const TRACE_VERSION = 1;

/** The steps of the sequence, in order. */
export const STEP_IDS = [
  'challenge',
  'resource-metadata',
  'server-metadata',
  'registration',
  'authorization',
  'token',
  'call',
  'refresh',
  'cleanup',
] as const;

/** The members of an exchange, its request and its response, in the order of the file. */
export const MEMBERS = {
  exchange: [
    'id',
    'step',
    'channel',
    'caused_by',
    'started_at',
    'timing',
    'connection',
    'request',
    'response',
    'seen_by',
    'sent_by',
    'failure',
  ],
  request: ['method', 'url', 'headers', 'body'],
  response: ['status', 'headers', 'body'],
} as const;
