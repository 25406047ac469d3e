import type { Exchange } from '../trace/schema.ts';
import type { ReportOptions } from './reporter.ts';

/** Whether an exchange is among those asked for. */
export function isAsked(
  options: Pick<ReportOptions, 'step' | 'exchange'>,
): (exchange: Exchange) => boolean {
  const { step, exchange: id } = options;
  return (exchange) =>
    (step === undefined || exchange.step === step) && (id === undefined || exchange.id === id);
}
