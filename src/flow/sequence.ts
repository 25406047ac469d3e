import type { Step } from './step.ts';
import { authorization } from './steps/authorization.ts';
import { call } from './steps/call.ts';
import { challenge } from './steps/challenge.ts';
import { cleanup } from './steps/cleanup.ts';
import { refresh } from './steps/refresh.ts';
import { registration } from './steps/registration.ts';
import { resourceMetadata } from './steps/resource-metadata.ts';
import { serverMetadata } from './steps/server-metadata.ts';
import { token } from './steps/token.ts';

/** The steps, in order. There is one sequence; revisions differ by their row of switches. */
export const SEQUENCE: readonly Step[] = [
  challenge,
  resourceMetadata,
  serverMetadata,
  registration,
  authorization,
  token,
  call,
  refresh,
  cleanup,
];
