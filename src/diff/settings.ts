/** How a run was asked for: two runs of different settings are not the same kind of run. */
import type { Trace } from '../trace/schema.ts';
import type { DiffOptions, SettingChange, Weight } from './difference.ts';
import { isAskedFor } from './order.ts';
import type { Side } from './side.ts';

type Metadata = Trace['metadata'];
type Value = string | boolean | null;

/** A setting of a run. */
interface Setting {
  /** In a word or two, for a line that lists them. */
  readonly name: string;
  readonly pointer: string;
  /** At the start of a sentence. */
  readonly subject: string;
  readonly weight: Weight;
  read(metadata: Metadata): Value;
}

/** The settings that can differ. */
export const SETTINGS: readonly Setting[] = [
  {
    name: 'client',
    pointer: '/metadata/client',
    subject: 'the client profile',
    weight: 'behaviour',
    read: ({ client }) => client,
  },
  {
    name: 'revision',
    pointer: '/metadata/revision/asked',
    subject: 'the MCP revision asked for',
    weight: 'behaviour',
    read: ({ revision }) => revision.asked,
  },
  {
    name: 'grant',
    pointer: '/metadata/options/grant',
    subject: 'the grant asked for',
    weight: 'behaviour',
    read: ({ options }) => options?.grant ?? null,
  },
  {
    name: 'scope',
    pointer: '/metadata/options/scope_given',
    subject: 'the scope that the user asked for',
    weight: 'behaviour',
    read: ({ options }) => options?.scope_given ?? null,
  },
  {
    name: 'client id given',
    pointer: '/metadata/options/client_id_given',
    subject: 'a client id given by the user',
    weight: 'behaviour',
    read: ({ options }) => options?.client_id_given ?? false,
  },
  {
    name: 'authorization server',
    pointer: '/metadata/options/authorization_server_given',
    subject: 'the authorization server that the user chose',
    weight: 'behaviour',
    read: ({ options }) => options?.authorization_server_given ?? null,
  },
  {
    name: 'consent',
    pointer: '/metadata/consent',
    subject: 'the way of approving',
    weight: 'detail',
    read: ({ consent }) => consent,
  },
  {
    name: 'lenient',
    pointer: '/metadata/lenient',
    subject: 'going on where a client must stop',
    weight: 'behaviour',
    read: ({ lenient }) => lenient ?? false,
  },
  {
    name: 'insecure',
    pointer: '/metadata/insecure',
    subject: 'accepting any certificate',
    weight: 'behaviour',
    read: ({ insecure }) => insecure ?? false,
  },
];

/** The settings that are not the same; whatever step is looked at, they stand behind it. */
export function changedSettings(
  before: Side,
  after: Side,
  { ignore }: Pick<DiffOptions, 'ignore'>,
): readonly SettingChange[] {
  return SETTINGS.flatMap(({ name, pointer, read }) => {
    if (!isAskedFor({ step: null, pointer }, { ...(ignore && { ignore }) })) return [];
    const [from, to] = [before, after].map((side) => shown(read(side.view.trace.metadata), side));
    return from === to || from === undefined || to === undefined
      ? []
      : [{ name, before: from, after: to }];
  });
}

function shown(value: Value, side: Side): Value {
  return typeof value === 'string' ? side.normalize(value) : value;
}
