import { randomBytes } from 'node:crypto';
import { untilAborted } from './abort.ts';
import { addressName } from './address.ts';
import type { ConsentError, ConsentTools } from './consent.ts';
import { readLanding } from './landing.ts';
import { createMemory, type Memory } from './memory.ts';
import { type Move, nextMove } from './move.ts';
import type { Departure, PageLanding } from './navigation/navigator.ts';
import { submissionOf } from './pages/encode.ts';
import { type Filled, fillForm } from './pages/fill.ts';
import type { Page } from './pages/page.ts';
import { kindsAsked } from './pages/purpose.ts';
import { printable, withoutSecrets } from './printable.ts';
import { createRefusals, isOauthError, type Refusals } from './refusals.ts';

/** What the driver may fill in and press. */
export interface DriverOptions {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Values by field name, for fields that are not recognised. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
  /** Text of the button or link that approves, where it is not recognised. */
  readonly approve?: string | undefined;
  /** Asked when a page wants a one-time password. */
  readonly otp?: (() => Promise<string>) | undefined;
}

/** Leaves one page after the other, and remembers what was typed where. */
export interface Driver {
  /**
   * How a page is left.
   * @throws {ConsentError} where it cannot be.
   */
  leave(landing: PageLanding): Promise<Departure>;
  /** What to say once too many pages were driven. */
  giveUp(landing: PageLanding, most: number): ConsentError;
}

/** Values shorter than this are words like `on`: hiding them would garble every message. */
const SHORTEST_SECRET = 4;

/** A driver for one journey. */
export function createDriver(options: DriverOptions, tools: ConsentTools): Driver {
  const fields = new Map(Object.entries(options.fields ?? {}));
  const memory = createMemory([
    options.password ?? '',
    ...[...fields.values()].filter((value) => value.length >= SHORTEST_SECRET),
  ]);
  const refusals = createRefusals(memory.secrets);
  const journey: Journey = { options, tools, fields, memory, refusals };
  return {
    giveUp: (landing, most) => refusals.tooManyPages(readLanding(landing), most),
    leave: (landing) => leave(landing, journey),
  };
}

interface Journey {
  readonly options: DriverOptions;
  readonly tools: ConsentTools;
  readonly fields: ReadonlyMap<string, string>;
  readonly memory: Memory;
  readonly refusals: Refusals;
}

async function leave(landing: PageLanding, journey: Journey): Promise<Departure> {
  const { options, fields, memory } = journey;
  const page = readLanding(landing);
  const move = nextMove({
    page,
    status: landing.answer.status,
    answered: memory.answeredAt(page),
    username: options.username,
    approve: options.approve,
    fields,
  });
  if (move.kind === 'submit') return submit(move, page, journey);
  if (move.kind !== 'follow') throw refusal(move, page, landing, journey);
  memory.left();
  say(page, [move.text ? `follows ${JSON.stringify(move.text)}` : 'moves on by itself'], journey);
  return { url: move.url, clicked: move.clicked, referrerPolicy: page.referrerPolicy };
}

async function submit(move: Submit, page: Page, journey: Journey): Promise<Departure> {
  const { form, button, clicked } = move;
  const filled = await fill(move, page, journey);
  const typed = filled.typed.length > 0;
  journey.memory.sent(page, form, typed);
  const press = button ? `presses ${JSON.stringify(button.text || button.name)}` : 'sends the form';
  say(page, [...(typed ? [`types ${filled.typed.join(', ')}`] : []), press], journey);
  return {
    ...submissionOf(form, button, filled.entries, boundary()),
    clicked,
    typed,
    referrerPolicy: page.referrerPolicy,
  };
}

async function fill(move: Submit, page: Page, journey: Journey): Promise<Filled> {
  const { options, tools, fields, memory, refusals } = journey;
  const ask = kindsAsked(move.form).includes('otp') ? options.otp : undefined;
  const otp = ask && (await untilAborted(ask(), tools.signal));
  if (otp) memory.hide(otp);
  const { username, password } = options;
  const filled = fillForm(move.form, move.button, {
    kinds: { username, email: username, password, otp },
    fields,
    grants: move.grants,
  });
  if (filled.missing.length > 0) throw refusals.credentialsMissing(page, filled.missing);
  return filled;
}

function say(page: Page, actions: readonly string[], { tools, memory }: Journey): void {
  const title = page.title ? `${JSON.stringify(page.title)} ` : '';
  const line = `${title}(${addressName(new URL(page.url))}): ${actions.join(', ')}`;
  tools.say(printable(withoutSecrets(line, memory.secrets()), 300));
}

type Submit = Move & { readonly kind: 'submit' };

function refusal(
  move: Move,
  page: Page,
  { answer }: PageLanding,
  { memory, refusals }: Journey,
): ConsentError {
  // Some servers refuse a login with a bare sentence instead of the form.
  const isDenied = answer.status === 401 && memory.justTyped() && !isOauthError(answer.text);
  if (move.kind === 'refused' || isDenied) return refusals.loginRefused(page);
  return answer.status >= 300
    ? refusals.pageError(page, answer)
    : refusals.notDrivable(page, answer);
}

/** Shaped as Chromium's, so that a server's parser meets what it knows. */
function boundary(): string {
  return `----WebKitFormBoundary${randomBytes(8).toString('hex')}`;
}
