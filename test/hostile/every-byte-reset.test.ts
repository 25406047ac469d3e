import { testCuts } from './every-byte.ts';

testCuts('reset');
