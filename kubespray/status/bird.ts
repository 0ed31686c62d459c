import type { BirdSeen, Session } from './types.ts';

/** BGP's states as BIRD names them; `Down`, `Close` and `Passive` are its own (BIRD 1.6 and 2, proto/bgp/bgp.c). */
const STATE = /\b(Established|OpenConfirm|OpenSent|Active|Connect|Idle|Passive|Close|Down)\b/;

/** The sessions of one BIRD. A session without an address of its neighbor (a range that others may call from) is none yet. */
export function sessionsOf({ lines }: Pick<BirdSeen, 'lines'>): Session[] {
  const found: { peer: string; state: string; error: string }[] = [];
  for (const line of lines) {
    // name, proto, table, state, since (one word or two), info
    const [, info] = /^\S+\s+BGP\s+\S+\s+(\S.*)$/.exec(line) ?? [];
    if (info !== undefined) found.push({ peer: '', state: stateOf(info), error: '' });
    const last = found.at(-1);
    const [, key, value = ''] = /^\s+(Neighbor address|Last error):\s+(.*)$/.exec(line) ?? [];
    if (last === undefined || key === undefined) continue;
    if (key === 'Neighbor address') last.peer = value.split('%')[0] ?? '';
    else last.error = value;
  }
  return found
    .filter(({ peer }) => peer !== '')
    .map(({ peer, state, error }) => ({
      peer,
      established: state.startsWith('Established'),
      state: error === '' || state.startsWith('Established') || state.includes(error) ? state : `${state} (${error})`,
    }));
}

/** `up 10:00:01.2 Established` → `Established`; `start 10:00 Active Socket: Connection refused` → from Active on. */
function stateOf(info: string): string {
  const at = STATE.exec(info)?.index;
  return at === undefined ? (info.split(/\s+/)[0] ?? info) : info.slice(at).trim().replaceAll(/\s+/g, ' ');
}
