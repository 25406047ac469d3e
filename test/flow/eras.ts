/** MCP servers of either era, for a small world. */
import {
  ASM,
  AUTHORIZE,
  answerRpc,
  callbackOf,
  guarded,
  type Hit,
  jsonOf,
  MCP,
  PRM,
  type Reply,
  type Routes,
  resourceMetadata,
  serverMetadata,
  startWorld,
  type World,
} from './world.ts';

const META = 'io.modelcontextprotocol/protocolVersion';

/** The revision that a request names in its metadata; undefined for one of the older era. */
export function modernRevisionOf(hit: Hit): string | undefined {
  const { params } = jsonOf(hit) as { params?: { _meta?: Record<string, string> } };
  return params?._meta?.[META];
}

/** Answers a request of the newest revision. */
export function answerModern(hit: Hit): Reply {
  const { id, method } = jsonOf(hit);
  const results: Readonly<Record<string, unknown>> = {
    'server/discover': {
      resultType: 'complete',
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {} },
    },
    'tools/list': {
      resultType: 'complete',
      tools: [{ name: 'echo', inputSchema: { type: 'object' } }],
    },
    'tools/call': { resultType: 'complete', content: [] },
  };
  const result = results[String(method)];
  return result
    ? { json: { jsonrpc: '2.0', id, result } }
    : error(hit, 404, -32601, 'Method not found');
}

/** A JSON-RPC error under an HTTP status. */
export function error(
  hit: Hit,
  status: number,
  code: number,
  message: string,
  data?: unknown,
): Reply {
  const { id } = jsonOf(hit);
  return { status, json: { jsonrpc: '2.0', id, error: { code, message, data } } };
}

/** Speaks both eras, as the request does. */
export function answerEither(hit: Hit): Reply {
  return modernRevisionOf(hit) === undefined ? answerRpc(hit) : answerModern(hit);
}

/** A healthy world whose MCP server speaks both eras. */
export function startBoth(routes: Routes = {}): Promise<World> {
  return startWorld({ [MCP]: guarded(answerEither), ...routes });
}

/** Routes with further members in the two metadata documents. */
export function metadataWith(
  server: Readonly<Record<string, unknown>>,
  resource: Readonly<Record<string, unknown>> = {},
): Routes {
  return {
    [ASM]: (_, world) => ({ json: { ...serverMetadata(world), ...server } }),
    [PRM]: (_, world) => ({ json: { ...resourceMetadata(world), ...resource } }),
  };
}

/** A callback with further, or without some, parameters. */
export function callbackWith(changes: Readonly<Record<string, string | undefined>>): Routes {
  return { [AUTHORIZE]: (hit) => callbackOf(hit, changes) };
}
