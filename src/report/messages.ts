/** What a sequence diagram draws, line by line. */
import type { Arrow } from './lanes.ts';

/** One way of an exchange: its request there, or its answer back. */
export interface Message {
  readonly arrow: Arrow;
  readonly way: 'there' | 'back';
}

/** Both ways of every arrow, in order: a server answers once it has its own answers. */
export function messagesOf(arrows: readonly Arrow[]): readonly Message[] {
  const messages: Message[] = [];
  const open: Arrow[] = [];
  const answerUntil = (isAsking: (last: Arrow) => boolean): void => {
    for (let last = open.at(-1); last && !isAsking(last); last = open.at(-1)) {
      messages.push({ arrow: last, way: 'back' });
      open.pop();
    }
  };
  for (const arrow of arrows) {
    const isHop = arrow.exchange.seen_by !== undefined;
    answerUntil(({ to }) => isHop && to === arrow.from);
    messages.push({ arrow, way: 'there' });
    open.push(arrow);
  }
  answerUntil(() => false);
  return messages;
}

/** Whether a message belongs to the step that the one before it belongs to. */
export function isSameStep(before: Message | undefined, { arrow }: Message): boolean {
  return before?.arrow.exchange.step === arrow.exchange.step;
}
