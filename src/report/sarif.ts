import type { Finding, Rule, Severity } from '../rules/rule.ts';
import { severityOf } from '../rules/rule.ts';
import { plainJson } from '../trace/plain-json.ts';
import type { Exchange, Header, Trace } from '../trace/schema.ts';
import { viewTrace } from '../trace/view.ts';
import { type Ending, untoldEnding } from './ending.ts';
import type { Reporter } from './reporter.ts';
import { dutyOf } from './words.ts';

/** SARIF 2.1.0: a result per finding, its evidence as request, answer and place in the trace. */
export const sarif: Reporter = (subject) => {
  const { trace, judgement, traceFile } = subject;
  const ending = untoldEnding(subject);
  const rules = [...new Map(judgement.findings.map(({ rule }) => [rule.id, rule])).values()];
  const descriptors = [...rules.map(descriptorOf), ...(ending ? [endingDescriptor(ending)] : [])];
  const indices = new Map(descriptors.map(({ id }, index) => [id, index]));
  const problems = [
    ...judgement.findings.map(problemOfFinding),
    ...(ending ? [problemOfEnding(ending)] : []),
  ];
  const view = viewTrace(trace);
  const run = {
    tool: {
      driver: {
        name: trace.metadata.tool.name,
        version: trace.metadata.tool.version,
        rules: descriptors,
      },
    },
    invocations: [invocationOf(trace)],
    results: problems.map((problem) => {
      const [first] = problem.evidence;
      return {
        ...resultOf(problem, indices.get(problem.id) ?? 0, artifactOf(traceFile)),
        ...(first && exchangeParts(view.exchange(first.exchange))),
      };
    }),
    columnKind: 'utf16CodeUnits',
  };
  return `${plainJson({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, 2)}\n`;
};

/** A finding, or what ended the run. */
type Problem = Pick<Finding, 'severity' | 'fault' | 'message' | 'fix' | 'evidence'> & {
  readonly id: string;
  readonly step: string;
};

function problemOfFinding({ rule, ...finding }: Finding): Problem {
  return { ...finding, id: rule.id, step: rule.step };
}

function problemOfEnding({ exchange, ...ending }: Ending): Problem {
  return { ...ending, evidence: exchange === undefined ? [] : [{ exchange, pointer: '' }] };
}

const SCHEMA =
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

const LEVELS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};

/** What a rule or an end of a run is, as SARIF has words for. */
interface Descriptor {
  readonly id: string;
  readonly [member: string]: unknown;
}

function descriptorOf(rule: Rule): Descriptor {
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

const ENDINGS: Readonly<Record<Ending['id'], string>> = {
  'flow-failed': 'The OAuth flow comes to its end.',
  'no-token-asked': 'The MCP server asks for a token.',
};

function endingDescriptor({ id, severity, step, fault, fix }: Ending): Descriptor {
  const text = ENDINGS[id];
  return {
    id,
    shortDescription: { text },
    fullDescription: { text },
    help: { text: fix },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['oauth', 'mcp', step, fault] },
  };
}

/**
 * GitHub takes no result without a file, and tells results apart by its name: what has none keeps one name.
 * @see https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
function artifactOf(traceFile = 'oauth-trace.json'): object {
  return {
    artifactLocation: { uri: traceFile.split('/').map(encodeURIComponent).join('/') },
    region: { startLine: 1 },
  };
}

function resultOf(
  { id, step, severity, fault, message, fix, evidence }: Problem,
  ruleIndex: number,
  physicalLocation: object,
): object {
  const logicalLocations = eachOnce(evidence).map(({ exchange, pointer }) => ({
    fullyQualifiedName: `trace_log/${exchange}${pointer}`,
    name: `exchange ${exchange}`,
    kind: 'member',
  }));
  return {
    ruleId: id,
    ruleIndex,
    kind: 'fail',
    level: LEVELS[severity],
    message: { text: `${message}. ${dutyOf(fault, step, fix)}` },
    locations: [{ physicalLocation, ...(logicalLocations.length > 0 && { logicalLocations }) }],
    properties: { step, fault, fix },
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
