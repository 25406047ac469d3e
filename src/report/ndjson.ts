import { plainJson } from '../trace/plain-json.ts';
import { viewTrace } from '../trace/view.ts';
import { isAsked } from './narrow.ts';
import type { Reporter } from './reporter.ts';

/** One exchange per line, with its role and the rules that found fault with it: made for jq. */
export const ndjson: Reporter = ({ trace, judgement }, options) => {
  const view = viewTrace(trace);
  const rules = new Map<number, Set<string>>();
  for (const { rule, evidence } of judgement.findings)
    for (const { exchange } of evidence) {
      const known = rules.get(exchange);
      if (known) known.add(rule.id);
      else rules.set(exchange, new Set([rule.id]));
    }
  return view.exchanges
    .filter(isAsked(options))
    .map((exchange) => {
      const findings = [...(rules.get(exchange.id) ?? [])];
      return `${plainJson({ ...exchange, role: view.role(exchange), findings })}\n`;
    })
    .join('');
};
