import type { FlowOptions } from '../flow/options.ts';
import { UserError } from './exit.ts';

/** The tool to call, as parsed from the command line. */
export interface ToolCallOptions {
  readonly call?: string;
  readonly args?: string;
  readonly answers?: string;
}

/** @throws {UserError} for arguments or answers that are no JSON object, or without a tool. */
export function readToolCall({
  call,
  args,
  answers,
}: ToolCallOptions): Pick<FlowOptions, 'call' | 'answers'> {
  if (call === undefined) {
    if (args !== undefined) throw new UserError('--args needs --call, the tool they are for');
    if (answers !== undefined)
      throw new UserError('--answers needs --call, the tool that asks for them');
    return {};
  }
  return {
    call: { tool: call, arguments: args === undefined ? {} : readObject('--args', args) },
    ...(answers !== undefined && { answers: readObject('--answers', answers) }),
  };
}

function readObject(option: string, text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Told below, in the same words as any other value that is no object.
  }
  throw new UserError(
    `${option} is ${JSON.stringify(text)}, expected a JSON object like {"text":"hello"}`,
  );
}
