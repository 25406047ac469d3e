import type { Finding, Rule, Severity } from '../rules/rule.ts';
import { severityOf } from '../rules/rule.ts';
import { plainJson } from '../trace/plain-json.ts';
import type { Exchange, Header, Trace } from '../trace/schema.ts';
import { viewTrace } from '../trace/view.ts';
import type { Reporter } from './reporter.ts';

/** SARIF 2.1.0: a result per finding, its evidence as request, answer and place in the trace. */
export const sarif: Reporter = ({ trace, judgement }) => {
  const view = viewTrace(trace);
  const rules = [...new Map(judgement.findings.map(({ rule }) => [rule.id, rule])).values()];
  const indices = new Map(rules.map(({ id }, index) => [id, index]));
  const run = {
    tool: {
      driver: {
        name: trace.metadata.tool.name,
        version: trace.metadata.tool.version,
        rules: rules.map(descriptorOf),
      },
    },
    invocations: [invocationOf(trace)],
    results: judgement.findings.map((finding) => {
      const [first] = finding.evidence;
      return {
        ...resultOf(finding, indices.get(finding.rule.id) ?? 0),
        ...(first && exchangeParts(view.exchange(first.exchange))),
      };
    }),
    columnKind: 'utf16CodeUnits',
  };
  return `${plainJson({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, 2)}\n`;
};

const SCHEMA =
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

const LEVELS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};

function descriptorOf(rule: Rule): object {
  const [reference] = rule.spec;
  return {
    id: rule.id,
    shortDescription: { text: rule.requires },
    fullDescription: { text: `${rule.requires} ${rule.why}` },
    help: { text: [rule.fix, ...rule.spec.map(({ title, url }) => `${title}: ${url}`)].join('\n') },
    ...(reference && { helpUri: reference.url }),
    defaultConfiguration: { level: LEVELS[severityOf(rule)] },
    properties: { tags: ['oauth', 'mcp', rule.step, rule.fault], level: rule.level },
  };
}

function resultOf(
  { rule, severity, fault, message, fix, evidence }: Finding,
  index: number,
): object {
  return {
    ruleId: rule.id,
    ruleIndex: index,
    kind: 'fail',
    level: LEVELS[severity],
    message: { text: `${message}. ${fix}` },
    locations: [
      {
        logicalLocations: eachOnce(evidence).map(({ exchange, pointer }) => ({
          fullyQualifiedName: `trace_log/${exchange}${pointer}`,
          name: `exchange ${exchange}`,
          kind: 'member',
        })),
      },
    ].filter(({ logicalLocations }) => logicalLocations.length > 0),
    properties: { step: rule.step, fault, fix },
  };
}

/** A header that repeats is evidence once for each value: SARIF wants each place named once. */
function eachOnce(evidence: Finding['evidence']): Finding['evidence'] {
  return [...new Map(evidence.map((one) => [`${one.exchange}${one.pointer}`, one])).values()];
}

/** Request and answer of an exchange, as SARIF has words for. */
function exchangeParts(exchange: Exchange | undefined): object {
  if (!exchange) return {};
  const { request, response, connection } = exchange;
  const version = connection.http_version ?? undefined;
  return {
    webRequest: {
      protocol: 'HTTP',
      ...(version && { version }),
      target: request.url,
      method: request.method,
      headers: headersOf(request.headers),
      ...(request.body?.text !== undefined && { body: { text: request.body.text } }),
    },
    ...(response && {
      webResponse: {
        protocol: 'HTTP',
        ...(version && { version }),
        statusCode: response.status,
        headers: headersOf(response.headers),
        ...(response.body?.text !== undefined && { body: { text: response.body.text } }),
      },
    }),
  };
}

/** SARIF knows no repeated headers: their values are joined as HTTP joins them. */
function headersOf(headers: readonly Header[]): Readonly<Record<string, string>> {
  const joined = new Map<string, string>();
  for (const [name, value] of headers) {
    const known = joined.get(name.toLowerCase());
    joined.set(name.toLowerCase(), known === undefined ? value : `${known}, ${value}`);
  }
  return Object.fromEntries(joined);
}

function invocationOf({ metadata, sequence_summary: summary }: Trace): object {
  return {
    executionSuccessful: summary.outcome === 'completed' || summary.outcome === 'open',
    startTimeUtc: metadata.timestamp,
    properties: {
      server_url: metadata.server_url,
      client: metadata.client,
      outcome: summary.outcome,
      failed_step: summary.failed_step,
      reason: summary.reason,
    },
  };
}
