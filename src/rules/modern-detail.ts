/** The finer points of 2026-07-28: error codes, and annotations of tools. */

import { quoted } from '../oauth/quoted.ts';
import { mcp } from '../spec/references.ts';
import { RPC_ERROR } from '../spec/rpc-errors.ts';
import { isObject, type JsonObject } from '../trace/body.ts';
import type { Deviation } from './evidence.ts';
import { judgeCalls } from './mcp-call.ts';
import { at, defineRule } from './rule.ts';

const reservedErrorCode = defineRule({
  id: 'modern-reserved-error-code',
  step: 'call',
  fault: 'mcp-server',
  level: 'MUST NOT',
  severity: 'warning',
  revisions: 'D',
  requires: 'Error codes from -32020 to -32099 are used only as the specification defines them.',
  why: 'Clients take these codes for what the specification will make of them: they retry, or treat the server as one of another era.',
  fix: 'Take application errors from outside -32768 to -32000; use -32602 where a resource is not found.',
  example:
    '{ "jsonrpc": "2.0", "id": 3, "error": { "code": -32602, "message": "Resource not found" } }',
  spec: [mcp('2026-07-28', 'basic#error-codes')],
  judge: (view) =>
    judgeCalls(
      view,
      'JSON-RPC error of 2026-07-28',
      ({ modern, status, error }) => modern && (status === undefined || error !== undefined),
      ({ exchange, method, error }) =>
        isReserved(error?.code)
          ? [
              {
                message: `${method ?? 'a request'} was answered with error code ${quoted(error?.code)}, expected a code the specification defines`,
                evidence: at(exchange, '/response/body/error/code'),
              },
            ]
          : [],
    ),
});

const DEFINED: readonly unknown[] = [
  RPC_ERROR.headerMismatch,
  RPC_ERROR.missingCapability,
  RPC_ERROR.unsupportedVersion,
];
const RETIRED: readonly unknown[] = [-32002, -32042];

function isReserved(code: unknown): boolean {
  if (RETIRED.includes(code)) return true;
  const isInRange = typeof code === 'number' && code <= -32020 && code >= -32099;
  return isInRange && !DEFINED.includes(code);
}

const initializeNamesNoVersions = defineRule({
  id: 'modern-initialize-error-no-versions',
  step: 'call',
  fault: 'mcp-server',
  level: 'SHOULD',
  severity: 'info',
  revisions: 'D',
  requires: 'A server that knows no initialize says in its refusal which versions it speaks.',
  why: 'Users of an older client see a bare error and cannot tell that they have to update it.',
  fix: 'Answer initialize with an error whose data lists the supported versions.',
  example:
    '{ "code": -32022, "message": "Unsupported protocol version", "data": { "supported": ["2026-07-28"] } }',
  spec: [
    mcp('2026-07-28', 'basic/versioning#backward-compatibility-with-initialization-based-versions'),
  ],
  judge: (view) =>
    judgeCalls(
      view,
      'refusal of initialize',
      ({ method, status, error }) =>
        method === 'initialize' &&
        (status === undefined || (error !== undefined && mayMeanMethod(status, error))),
      ({ exchange, error }) =>
        /\d{4}-\d{2}-\d{2}/.test(JSON.stringify(error))
          ? []
          : [
              {
                message: `initialize was refused with ${quoted(error?.message ?? null)}, expected the supported versions to be named`,
                evidence: at(exchange, '/response/body/error'),
              },
            ],
    ),
});

/** JSON-RPC errors over the method, its parameters or the revision of a request. */
const METHOD_CODES: readonly unknown[] = [
  undefined,
  RPC_ERROR.invalidRequest,
  RPC_ERROR.methodNotFound,
  RPC_ERROR.invalidParams,
  RPC_ERROR.unsupportedVersion,
];

/** A request for a token, a crash or a lost session, even with a JSON-RPC error in it, says nothing of the method. */
function mayMeanMethod(status: number, { code, message }: JsonObject): boolean {
  if ([401, 403, 406, 415, 429].includes(status) || status >= 500) return false;
  return METHOD_CODES.includes(code) || /\b(?:method|version|initialize)\b/i.test(`${message}`);
}

const toolHeaderInvalid = defineRule({
  id: 'modern-x-mcp-header-invalid',
  step: 'call',
  fault: 'mcp-server',
  level: 'MUST',
  severity: 'warning',
  revisions: 'D',
  requires: 'x-mcp-header names a header, once, on a string, integer or boolean property.',
  why: 'A client has to leave a tool with an invalid annotation out of its list: users never see it.',
  fix: 'Use a plain header name, unique within the tool, on properties reached through properties alone; number is not allowed.',
  example:
    '{ "type": "object", "properties": { "region": { "type": "string", "x-mcp-header": "Region" } } }',
  spec: [mcp('2026-07-28', 'server/tools#x-mcp-header')],
  judge: (view) =>
    judgeCalls(
      view,
      'list of tools of 2026-07-28',
      ({ modern, method, status, result }) =>
        modern && method === 'tools/list' && (status === undefined || result !== undefined),
      ({ exchange, result }) =>
        toolsIn(result).flatMap((tool, index) =>
          headerProblems(tool).map(
            (problem): Deviation => ({
              message: `tool ${quoted(tool.name)}: x-mcp-header ${problem}`,
              evidence: at(exchange, `/response/body/result/tools/${index}/inputSchema`),
            }),
          ),
        ),
    ),
});

/** The rules about error codes and tools of 2026-07-28. */
export const modernDetailRules = [reservedErrorCode, initializeNamesNoVersions, toolHeaderInvalid];

/** The tools of a `tools/list` result; whatever else stands there is dropped. */
export function toolsIn(result: JsonObject | undefined): readonly JsonObject[] {
  return Array.isArray(result?.tools) ? result.tools.filter(isObject) : [];
}

/** An annotation and the type of the property it stands on; undefined type where clients cannot reach it. */
interface Annotation {
  readonly name: unknown;
  readonly type: unknown;
}

const MIRRORED: readonly unknown[] = ['string', 'integer', 'boolean'];

function headerProblems({ inputSchema }: JsonObject): readonly string[] {
  const annotations = annotationsIn(inputSchema, true, 0);
  const names = annotations.map(({ name }) => typeof name === 'string' && name.toLowerCase());
  return annotations.flatMap(({ name, type }, index) => {
    if (typeof name !== 'string' || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
      return [`is ${quoted(name)}, expected a header name`];
    if (names.indexOf(name.toLowerCase()) !== index)
      return [`${quoted(name)} occurs again, expected it once`];
    if (type === undefined)
      return [`${quoted(name)} is not reached through properties alone, expected it to be`];
    return MIRRORED.includes(type)
      ? []
      : [`${quoted(name)} is on type ${quoted(type)}, expected string, integer or boolean`];
  });
}

/** Deeper than any schema made for people; a bound for those made to be deep. */
const DEEPEST = 50;

function annotationsIn(
  schema: unknown,
  isReachable: boolean,
  depth: number,
): readonly Annotation[] {
  if (depth > DEEPEST || typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap((item) => annotationsIn(item, false, depth + 1));
  const node = schema as JsonObject;
  const type = isReachable && depth > 0 ? (node.type ?? null) : undefined;
  const own = 'x-mcp-header' in node ? [{ name: node['x-mcp-header'], type }] : [];
  const below = Object.entries(node).flatMap(([key, value]) =>
    key === 'properties' && isObject(value)
      ? Object.values(value).flatMap((one) => annotationsIn(one, isReachable, depth + 1))
      : key === 'x-mcp-header'
        ? []
        : annotationsIn(value, false, depth + 1),
  );
  return [...own, ...below];
}
