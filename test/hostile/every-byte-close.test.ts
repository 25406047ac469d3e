import { testCuts } from './every-byte.ts';

testCuts('close');
