import { describe, expect, test } from 'vitest';
import { claudeDesktop } from '../../src/clients/claude-desktop.ts';
import { createAddressGuard } from '../../src/flow/address-guard.ts';
import type { FlowOptions } from '../../src/flow/options.ts';

function guardOf(options: Partial<FlowOptions> = {}) {
  return createAddressGuard({
    url: 'https://mcp.example.com/mcp',
    profile: claudeDesktop,
    revision: 'auto',
    lenient: false,
    authorizeParameters: [],
    callback: { host: 'localhost', port: 0, path: '/callback' },
    consentTimeout: 1000,
    keep: false,
    ...options,
  });
}

describe('a server whose name is one of an inner network', () => {
  test('may name other addresses there', () => {
    const guard = guardOf();
    expect(guard.resolved('mcp.example.com', '10.0.0.5')).toBeUndefined();
    expect(guard.resolved('login.example.com', '10.0.0.6')).toBeUndefined();
    expect(guard.url('https://10.0.0.6/token')).toBeUndefined();
  });
});

describe('a server whose name comes to mean another address', () => {
  test('is not dialled on this machine, and names nothing there', () => {
    const guard = guardOf();
    expect(guard.resolved('mcp.example.com', '203.0.113.9')).toBeUndefined();
    expect(guard.resolved('mcp.example.com', '127.0.0.1')).toContain('--allow-private');
    expect(guard.url('https://127.0.0.1/token')).toContain('--allow-private');
  });

  test('opens nothing by having been an inner one first', () => {
    const guard = guardOf();
    guard.resolved('mcp.example.com', '127.0.0.1');
    guard.resolved('mcp.example.com', '203.0.113.9');
    expect(guard.resolved('login.example.com', '10.0.0.6')).toContain('--allow-private');
  });
});

describe('clear text', () => {
  test.each([
    ['named by a server behind TLS is held back', {}, true],
    ['is dialled in a lenient run', { lenient: true }, false],
    ['that the user named is dialled', { authorizationServer: 'http://login.example.com' }, false],
    ['named by one that speaks it itself is dialled', { url: 'http://mcp.example.com' }, false],
  ])('%s', (_, options, isHeld) => {
    const held = guardOf(options).clearText('http://login.example.com/token');
    expect(held !== undefined).toBe(isHeld);
  });

  test('to this machine is for the guard of addresses', () => {
    expect(guardOf().clearText('http://127.0.0.1:8000/token')).toBeUndefined();
  });
});
