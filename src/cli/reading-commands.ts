/** The commands that read traces, and the catalogue of rules. */
import type { Command } from 'commander';
import { REPORT_NAMES } from '../report/index.ts';
import { STEP_IDS } from '../trace/format.ts';
import type { Io } from './io.ts';
import { choice, filledList, list, repeatable } from './option-values.ts';
import type { Finish } from './program.ts';
import { addJudgingOptions } from './trace-options.ts';

const TRACE = 'a saved trace; - for standard input';

/** Declares `check`, `diff`, `show`, `redact` and `explain`. */
export function declareReadingCommands(program: Command, io: Io, finish: Finish): void {
  declareCheck(program, io, finish);
  declareDiff(program, io, finish);
  declareShow(program, io, finish);
  program
    .command('redact')
    .argument('<trace>', TRACE)
    .description('take the secrets out of a trace made with --no-redact')
    .option('-o, --output <file>', 'write it here, otherwise to stdout')
    .action(async (file: string, options) => {
      const { redactCommand } = await import('./commands/redact.ts');
      finish(await redactCommand(file, options, io));
    });
  program
    .command('explain')
    .argument('[topic]', 'a rule, a step or a fault; all rules by step without one')
    .description('what a rule requires, why it matters, how to mend it')
    .action(async (topic: string | undefined) => {
      const { explainCommand } = await import('./commands/explain.ts');
      finish(await explainCommand(topic, io));
    });
}

function declareCheck(program: Command, io: Io, finish: Finish): void {
  const check = program
    .command('check')
    .argument('<trace>', TRACE)
    .description('judge a saved trace')
    .addOption(choice('--format <format>', 'of the report', REPORT_NAMES).default('text'));
  addJudgingOptions(check).action(async (file: string, options) => {
    const { checkCommand } = await import('./commands/check.ts');
    finish(await checkCommand(file, options, io));
  });
}

function declareDiff(program: Command, io: Io, finish: Finish): void {
  program
    .command('diff')
    .argument('<before>', TRACE)
    .argument('<after>', 'another')
    .description('what changed between two runs; exit 1 if anything did')
    .addOption(
      choice('--format <format>', 'of the answer', ['text', 'json', 'markdown']).default('text'),
    )
    .addOption(list('--ignore <names>', 'leave out JSON pointers, headers, fields, tools or rules'))
    .addOption(filledList('--only <steps>', 'look at these steps alone', 'step'))
    .option('--timing', 'tell large changes of duration too')
    .action(async (before: string, after: string, options) => {
      const { diffCommand } = await import('./commands/diff.ts');
      finish(await diffCommand(before, after, options, io));
    });
}

function declareShow(program: Command, io: Io, finish: Finish): void {
  program
    .command('show')
    .argument('<trace>', TRACE)
    .description('a trace as text, HTML, diagram, HAR, curl and more')
    .addOption(
      choice('--format <format>', 'default: by the name of --output, else text', REPORT_NAMES),
    )
    .option('-o, --output <file>', 'write it here, otherwise to stdout')
    .option('--open', 'open the HTML report in the browser')
    .addOption(choice('--step <step>', 'this step alone', STEP_IDS))
    .option('--exchange <number>', 'this exchange alone')
    .option('--headers', 'with headers')
    .option('--bodies', 'with bodies')
    .addOption(
      repeatable(
        '--server-log <file>',
        'lay what its servers logged beside it; repeatable',
        String,
      ),
    )
    .action(async (file: string, options) => {
      const { showCommand } = await import('./commands/show.ts');
      finish(await showCommand(file, options, io));
    });
}
