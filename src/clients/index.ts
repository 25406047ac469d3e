import { claudeCode } from './claude-code.ts';
import { claudeDesktop } from './claude-desktop.ts';
import { mcpInspector } from './mcp-inspector.ts';
import { mcpRemote } from './mcp-remote.ts';
import type { ClientProfile } from './profile.ts';

/** Every client profile; the first is the default. */
export const CLIENTS: readonly [ClientProfile, ...ClientProfile[]] = [
  claudeDesktop,
  claudeCode,
  mcpInspector,
  mcpRemote,
];

/** The profile with this id. */
export function findClient(id: string): ClientProfile | undefined {
  return CLIENTS.find((client) => client.id === id);
}
