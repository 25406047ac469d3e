import { BASE_STYLE } from './style-base.ts';
import { DIAGRAM_STYLE } from './style-diagram.ts';
import { EXCHANGE_STYLE } from './style-exchange.ts';
import { SUMMARY_STYLE } from './style-summary.ts';

/** The whole stylesheet. */
export const STYLE: string = [BASE_STYLE, SUMMARY_STYLE, DIAGRAM_STYLE, EXCHANGE_STYLE].join('\n');
