import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { writeTrace } from '../../src/trace/file.ts';
import { redact } from '../../src/trace/redact.ts';
import { readTrace } from '../../src/trace/saved-trace.ts';
import { happyTrace } from '../rules/happy-trace.ts';

const disk = vi.hoisted(() => ({ room: Number.POSITIVE_INFINITY, hasLinks: true }));

// No portable way to fill a disk: its refusal stands in for it, everything else is the real thing.
vi.mock('node:fs', async (importActual) => {
  const actual = await importActual<typeof import('node:fs')>();
  const refusal = (code: string) => Object.assign(new Error(`${code}: refused`), { code });
  return {
    ...actual,
    writeSync: (file: number, bytes: Buffer, offset: number) => {
      if (disk.room <= 0) throw refusal('ENOSPC');
      const part = bytes.subarray(offset, offset + Math.min(disk.room, 1000));
      disk.room -= part.length;
      return actual.writeSync(file, part);
    },
    linkSync: (from: string, to: string) => {
      if (!disk.hasLinks) throw refusal('EPERM');
      actual.linkSync(from, to);
    },
  };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'full-disk-'));
  disk.room = Number.POSITIVE_INFINITY;
  disk.hasLinks = true;
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('leaves nothing behind and says why where the disk is full', () => {
  disk.room = 5000;
  expect(() => writeTrace(join(folder, 'a.json'), happyTrace())).toThrow(
    expect.objectContaining({
      code: 'UNWRITABLE',
      message: expect.stringContaining('the disk is full'),
    }),
  );
  expect(readdirSync(folder)).toEqual([]);
});

it('writes everything where the disk takes a little at a time', () => {
  expect(readTrace(writeTrace(join(folder, 'a.json'), happyTrace()))).toEqual(redact(happyTrace()));
});

it('keeps older files and numbers new ones on a disk without hard links', () => {
  disk.hasLinks = false;
  const written = [1, 2].map(() => writeTrace(join(folder, 'a.json'), happyTrace()));
  expect(written).toEqual([join(folder, 'a.json'), join(folder, 'a-2.json')]);
  expect(written.map((path) => readTrace(path).trace_log.length)).toEqual([19, 19]);
  expect(readdirSync(folder)).toHaveLength(2);
});
