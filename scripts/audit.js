// Asks the registry what it knows against what ships: the packages that the notices of the bundle name, in those versions.
// All of them are development dependencies, so `npm audit --omit=dev` would look at none.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bundled = [
  ...readFileSync('dist/third-party-notices.txt', 'utf8').matchAll(/^-{80}\n(\S+) (\S+) \(/gm),
].map(([, name, version]) => ({ name, version }));
const folder = mkdtempSync(join(tmpdir(), 'mcp-oauth-trace-audit-'));
try {
  writeFileSync(join(folder, 'package.json'), JSON.stringify(project()));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock()));
  process.exitCode = tell(audit());
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function project() {
  const dependencies = Object.fromEntries(bundled.map(({ name, version }) => [name, version]));
  return { name: 'what-ships', version: '0.0.0', private: true, dependencies };
}

/** Of our own lock file what is bundled, without what these packages would ask for. */
function lock() {
  const { packages: installed } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const locked = bundled.map(({ name, version }) => {
    const found = Object.entries(installed).find(
      ([path, entry]) => path.endsWith(`node_modules/${name}`) && entry.version === version,
    );
    if (!found)
      throw new Error(`${name} ${version} is in no lock file: run npm ci and npm run build`);
    const { resolved, integrity } = found[1];
    return [`node_modules/${name}`, { version, resolved, integrity }];
  });
  const packages = { '': project(), ...Object.fromEntries(locked) };
  return { ...project(), lockfileVersion: 3, requires: true, packages };
}

function audit() {
  const args = ['audit', '--package-lock-only', '--json'];
  const { stdout, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  try {
    return JSON.parse(stdout);
  } catch {
    return { message: stderr.trim().split('\n')[0] ?? '' };
  }
}

/** No answer is no good news: only a report in which nothing stands is 0. */
function tell({ auditReportVersion, vulnerabilities, message, error }) {
  if (auditReportVersion === undefined) {
    console.error(
      `not audited, the registry does not answer: ${message ?? error?.summary ?? 'no reason given'}`,
    );
    return 2;
  }
  const found = Object.values(vulnerabilities);
  for (const { name, severity, range } of found) console.log(`${severity} ${name} ${range}`);
  const names = bundled.map(({ name, version }) => `${name}@${version}`);
  console.log(
    `${found.length} of ${names.length} packages that ship are known to be vulnerable: ${names.join(', ')}`,
  );
  return found.length === 0 ? 0 : 1;
}
