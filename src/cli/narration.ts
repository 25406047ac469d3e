import type { ChalkInstance } from 'chalk';
import type { Observer } from '../flow/environment.ts';
import type { Step } from '../flow/step.ts';
import { folded, shortened } from '../report/layout.ts';
import { visibleLine } from '../report/visible.ts';
import type { Mask } from '../trace/redact.ts';
import type { Exchange, StepRecord } from '../trace/schema.ts';
import { withLabels } from '../trace/secret.ts';

/** How the run is told while it happens. */
export interface NarrationOptions {
  readonly write: (text: string) => void;
  readonly chalk: ChalkInstance;
  /** A terminal that can be drawn on: the running step moves. */
  readonly isTerminal: boolean;
  /** Its width. */
  readonly columns: number;
  readonly verbose: boolean;
  /** The report, which lists requests and how steps ended, follows on the same terminal. */
  readonly isReported: boolean;
  /** Whether what the way of approving says is for a user who has to act. */
  readonly isAddressed: boolean;
  /** Takes secrets out of what is shown. */
  readonly mask: Mask;
}

/** Tells steps and exchanges on stderr as they come. */
export interface Narration extends Observer {
  exchange(exchange: Exchange): void;
  say(line: string): void;
  /** Takes the moving line away, before somebody else writes. */
  stop(): void;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Milliseconds between two pictures of the running step. */
const FRAME_MS = 100;

/** Narrates a run. */
export function createNarration(options: NarrationOptions): Narration {
  const { write, chalk, mask } = options;
  const clean = (text: string): string => visibleLine(withLabels(mask(text)));
  const fold = folding(options);
  const spinner = createSpinner(options);
  let untold: Step | undefined;
  const title = (): string => {
    const text = untold ? `${chalk.bold(untold.title)}  ${chalk.dim(untold.id)}\n` : '';
    untold = undefined;
    return text;
  };
  const told = (text: string): void => spinner.above(`${title()}${text}\n`);
  return {
    stepStarted: (step: Step) => {
      untold = step;
      // On a terminal the moving line says what is going on; the title waits for something to tell.
      if (!options.isTerminal) write(title());
      spinner.start(step.title);
    },
    exchange: (exchange) => {
      mask.see(exchange);
      if (!options.isReported) told(exchangeLine(exchange, options, clean));
      if (options.verbose)
        for (const text of details(exchange)) told(chalk.dim(`      ${clean(text)}`));
    },
    stepEnded: (record) => {
      spinner.stop();
      if (options.isReported) return;
      const { outcome, reason, notes = [] } = record;
      if (untold && outcome === 'skipped' && notes.length === 0)
        return write(chalk.dim(`${fold(`– ${untold.title}: ${clean(reason ?? outcome)}`, 2)}\n`));
      const told = endLines(record, chalk, (text) => fold(clean(text), 4));
      const lines = told.map((text) => `${text}\n`);
      if (lines.length > 0) write(title() + lines.join(''));
    },
    // Whoever has to act needs the authorization URL as it is.
    say: (text) => told(`  ${fold(options.isAddressed ? visibleLine(text) : clean(text), 2)}`),
    stop: spinner.stop,
  };
}

/** Says nothing but what the user has to act on. */
export function quietNarration(
  options: Pick<NarrationOptions, 'write' | 'isAddressed' | 'isTerminal' | 'columns'>,
): Narration {
  const fold = folding(options);
  return {
    stepStarted: () => {},
    exchange: () => {},
    stepEnded: () => {},
    say: (text) => {
      if (options.isAddressed) options.write(`${fold(visibleLine(text), 0)}\n`);
    },
    stop: () => {},
  };
}

/** Breaks a line of a terminal at blanks; what follows stands `hang` columns in. */
function folding({ isTerminal, columns }: Pick<NarrationOptions, 'isTerminal' | 'columns'>) {
  return (text: string, hang: number): string =>
    isTerminal ? folded(text, columns - hang).join(`\n${' '.repeat(hang)}`) : text;
}

function exchangeLine(
  { channel, request, response, failure, timing }: Exchange,
  { chalk, isTerminal, columns }: NarrationOptions,
  clean: (text: string) => string,
): string {
  const [address = ''] = request.url.split(/[?#]/, 1);
  const who = CHANNELS[channel];
  const ended = failure
    ? chalk.red(failure.code)
    : response
      ? colorOf(response.status, chalk)(String(response.status))
      : 'opened in the browser';
  const time = `${Math.round(timing.total_ms)} ms`;
  const room = columns - `  ${who.padEnd(9)}${request.method.padEnd(6)}   200  ${time}`.length;
  const shown = isTerminal ? fitting(clean(address), Math.max(NARROWEST, room)) : clean(address);
  return `  ${chalk.dim(who.padEnd(9))}${request.method.padEnd(6)} ${shown}  ${ended}  ${chalk.dim(time)}`;
}

/** An address that is too long loses its origin, and only then a part of its path. */
function fitting(address: string, room: number): string {
  if (address.length <= room) return address;
  return shortened(address.replace(/^https?:\/\/[^/]*/, '…'), room);
}

/** Characters of an address that are shown on the narrowest terminal. */
const NARROWEST = 30;

/** Who sends: plain words instead of the file's channel names. */
const CHANNELS: Readonly<Record<Exchange['channel'], string>> = {
  back: 'client',
  front: 'browser',
  loopback: 'callback',
  probe: 'probe',
};

function colorOf(status: number, chalk: ChalkInstance): (text: string) => string {
  if (status < 300) return chalk.green;
  return status < 400 ? chalk.cyan : chalk.yellow;
}

function details({ request, response }: Exchange): readonly string[] {
  const part = (mark: string, message: Exchange['request'] | NonNullable<Exchange['response']>) => [
    ...message.headers.map(([name, value]) => `${mark} ${name}: ${value}`),
    ...(message.body?.text ? [`${mark} ${message.body.text.slice(0, 2000)}`] : []),
  ];
  return [...part('>', request), ...(response ? part('<', response) : [])];
}

const MARKS: Readonly<Record<Exclude<StepRecord['outcome'], 'done'>, string>> = {
  again: '↺',
  failed: '✗',
  refused: '✗',
  open: '!',
  skipped: '–',
  interrupted: '✗',
};

function endLines(
  { outcome, reason, notes = [] }: StepRecord,
  chalk: ChalkInstance,
  shown: (text: string) => string,
): readonly string[] {
  const color = outcome === 'skipped' ? chalk.dim : chalk.red;
  const said = notes.map((note) => `  ${chalk.dim(shown(`· ${note}`))}`);
  if (outcome === 'done') return said;
  const why = reason ? `: ${reason}` : '';
  return [...said, `  ${color(shown(`${MARKS[outcome]} ${outcome}${why}`))}`];
}

interface Spinner {
  start(title: string): void;
  /** Writes above the moving line. */
  above(text: string): void;
  stop(): void;
}

/** The moving line at the bottom of a terminal; elsewhere it is silent. */
function createSpinner({ write, isTerminal, chalk }: NarrationOptions): Spinner {
  if (!isTerminal) return { start: () => {}, above: write, stop: () => {} };
  let timer: NodeJS.Timeout | undefined;
  let began = 0;
  let frame = 0;
  let waiting = '';
  const erase = '\r\x1b[2K';
  const draw = (): void => {
    frame += 1;
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const picture = FRAMES[frame % FRAMES.length] ?? '';
    write(`${erase}  ${chalk.cyan(picture)} ${chalk.dim(`${waiting} · ${seconds} s`)}`);
  };
  const stop = (): void => {
    if (!timer) return;
    clearInterval(timer);
    timer = undefined;
    write(erase);
  };
  return {
    stop,
    start: (title) => {
      stop();
      began = performance.now();
      waiting = title;
      timer = setInterval(draw, FRAME_MS);
    },
    above: (text) => write(timer ? `${erase}${text}` : text),
  };
}
