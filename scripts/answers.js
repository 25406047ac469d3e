import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

/** How wide help is where nobody can be asked. */
const COLUMNS = 80;

/** Writes what `--version` and `--help` say as files, for the program to answer without being loaded. */
export async function writeAnswers(outdir) {
  const { main } = createRequire(import.meta.url)(resolve(outdir, 'main.cjs'));
  for (const question of ['version', 'help']) {
    let said = '';
    const io = { columns: COLUMNS, env: {}, stdout: (text) => (said += text) };
    const code = await main([`--${question}`], io);
    if (code !== 0 || said === '') throw new Error(`--${question} says nothing (exit ${code})`);
    await writeFile(join(outdir, `${question}.txt`), said);
  }
}
