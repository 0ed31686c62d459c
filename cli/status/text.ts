/** A status as one screen: 80 columns, and no more lines than a terminal has; `--json` has all of it. */
import type { Known, NodeStatus, PoolUse, Status } from '../../kubespray/status/index.ts';
import { duration } from '../live/events.ts';
import { cell, cut, LABEL, section, WIDTH } from './lines.ts';

/** Rows of nodes and pools that are shown. With the lines below it comes to 24, which every terminal has. */
const NODES = 4;
const POOLS = 2;

/** @param at when it was asked, ISO 8601 in UTC */
export function textOf(status: Status, stack: string, at: string): string[] {
  const when = `${at.slice(0, 16).replace('T', ' ')} UTC`;
  const headline = cut(`${status.cluster} (stack ${stack}): ${verdict(status)}`, WIDTH - when.length - 2);
  const once = reasonsOnce();
  const line = <T>(title: string, known: Known<T>, words: (value: T) => string, most: number) =>
    section(title, [said(once(title, known), words)], most);
  const nodes = nodeLines(status, once);
  const versions = versionLine(status, once);
  const network = networkLine(status, once);
  const mtu = line('MTU', status.mtu, mtuWords, 2);
  const pools = poolLines(once('Pools', status.pools));
  return [
    `${headline.padEnd(WIDTH - when.length)}${when}`,
    ...section('Nodes', nodes, NODES + 1, 1),
    ...section('Versions', [versions], 2),
    ...section('Network', [network], 1),
    ...mtu,
    ...section('Pools', pools, POOLS, pools.length === 1 ? POOLS : 1),
    ...line('BGP', status.bgp, (bgp) => (bgp === 'none' ? 'none: VXLAN needs none' : bgpWords(bgp)), 1),
    ...line('Policies', status.policies, policyWords, 2),
    ...line('Last run', status.run, (run) => (run === 'none' ? 'none yet' : runWords(run)), 1),
    ...section('Drift', driftLines(once('Drift', status.drift), once('Drift', status.steps)), 2, 1),
    ...section('Wrong', status.wrong, 5, 2),
  ];
}

type Once = <T>(title: string, known: Known<T>) => Known<T>;

/** A reason that several lines have is said in the first of them. */
function reasonsOnce(): Once {
  const first = new Map<string, string>();
  return (title, known) => {
    if (!('unknown' in known)) return known;
    const before = first.get(known.unknown);
    if (before !== undefined && before !== title) return { unknown: `see ${before}` };
    first.set(known.unknown, title);
    return known;
  };
}

function verdict({ ok, wrong, unknown }: Status): string {
  const open = unknown.length === 0 ? '' : `${unknown.length} not known`;
  const found = ok ? 'nothing wrong' : `${wrong.length} ${wrong.length === 1 ? 'thing' : 'things'} wrong`;
  if (open === '') return ok ? 'fine' : found;
  return `${found}, ${open}`;
}

/** The value in words; why it is not known where it is not. */
function said<T>(known: Known<T>, words: (value: T) => string): string {
  return 'unknown' in known ? `not known: ${known.unknown}` : words(known.value);
}

/** How many are well, then each: those first that are not. */
function nodeLines({ nodes, versions }: Status, once: Once): string[] {
  const ready = nodes.filter(({ state }) => 'value' in state && state.value === 'ready').length;
  const members = nodes.filter(({ state }) => 'unknown' in state || state.value !== 'outside');
  const asked = nodes.filter(({ declared }) => declared);
  const answer = asked.filter(({ ssh }) => 'value' in ssh).length;
  const states: Known<unknown> = nodes.find(({ state }) => 'unknown' in state)?.state ?? { value: ready };
  const known = said(once('Nodes', states), () => `${ready} of ${members.length} ready`);
  const rank = (node: NodeStatus) => (isWell(node) ? 1 : 0);
  const shown = [...nodes].sort((a, b) => rank(a) - rank(b)).slice(0, nodes.length > NODES ? NODES - 1 : NODES);
  const name = Math.min(24, Math.max(...shown.map((node) => node.name.length), 0));
  const address = Math.max(...shown.map((node) => node.address.length), 0);
  const rows = shown.map((node) =>
    cut(
      `${cell(node.name, name)}  ${cell(node.address, address)}  ${stateOf(node, versions.kubernetes)}`,
      WIDTH - LABEL,
    ),
  );
  const left = nodes.filter((node) => !shown.includes(node));
  const more =
    left.length === 0 ? [] : [`and ${left.length} more, ${left.every(isWell) ? 'all well' : 'not all well'}`];
  return [`${answer} of ${asked.length} answer over SSH; ${known}`, ...rows, ...more];
}

function isWell({ state, ssh, declared }: NodeStatus): boolean {
  return 'value' in state && (state.value === 'ready' || state.value === 'outside') && (!declared || 'value' in ssh);
}

function stateOf({ state, kubelet, roles, declared, ssh }: NodeStatus, kubernetes: Known<string>): string {
  const words =
    'unknown' in state
      ? 'not known'
      : { ready: 'ready', 'not ready': 'NOT READY', absent: 'NOT THERE', outside: 'no member' }[state.value];
  // The same as the API server's is nothing to tell.
  const same = 'value' in kubelet && 'value' in kubernetes && kubelet.value === kubernetes.value;
  const version = 'value' in kubelet && !same ? `kubelet ${kubelet.value}` : '';
  const silent = declared && 'unknown' in ssh ? 'NO SSH' : '';
  return [words, version, silent, declared ? roles.join(', ') : 'not in the stack']
    .filter((part) => part !== '')
    .join('  ');
}

function versionLine({ versions: { kubespray, kubernetes, calico, calicoNode } }: Status, once: Once): string {
  const version = (name: string, known: Known<string>) => `${name} ${said(once('Versions', known), (value) => value)}`;
  const nodes = said(once('Versions', calicoNode), ({ desired, ready }) => `ready on ${ready} of ${desired}`);
  return `${version('Kubernetes', kubernetes)}, ${version('Calico', calico)}, kubespray ${kubespray}; calico-node ${nodes}`;
}

function networkLine({ network: { encapsulation, declared, wireguard } }: Status, once: Once): string {
  const words = (kind: string) => (kind === 'none' ? 'no encapsulation' : kind);
  const live = said(once('Network', encapsulation), words);
  const other =
    'value' in encapsulation && encapsulation.value === declared ? '' : `; the stack says ${words(declared)}`;
  return `${live}${other}; WireGuard ${wireguard ? 'on' : 'off'} in the stack`;
}

/** `1500 in 5 pods; interface 1500, vxlan.calico 1450 or 1430; …` */
function mtuWords({ declared, pods, devices }: MtuOf): string {
  const running = Object.entries(pods).map(([mtu, count]) => `${mtu} in ${count} ${count === 1 ? 'pod' : 'pods'}`);
  const each = Object.entries(devices).map(([device, mtus]) => `${device} ${Object.keys(mtus).join(' or ')}`);
  const now = running.length === 0 ? 'no pods run' : running.join(', ');
  return `${now}; ${each.join(', ')}; in the stack ${declared.pods}, interfaces ${declared.interfaces}`;
}

type MtuOf = Extract<Status['mtu'], { value: unknown }>['value'];

function poolLines(pools: Status['pools']): string[] {
  if ('unknown' in pools) return [`not known: ${pools.unknown}`];
  if (pools.value.length === 0) return ['none'];
  const fullest = [...pools.value].sort((a, b) => share(b) - share(a));
  if (fullest.length <= POOLS) return fullest.map(poolWords);
  return [...fullest.slice(0, POOLS - 1).map(poolWords), `and ${fullest.length - POOLS + 1} more, none of them fuller`];
}

function share({ use, addresses }: PoolUse): number {
  return 'unknown' in use ? 0 : use.value.addresses / addresses;
}

function poolWords(pool: PoolUse): string {
  const { name, cidr, disabled, blocks, addresses, use } = pool;
  const words = said(
    use,
    (of) =>
      `${of.addresses} of ${count(addresses)} addresses in use (${percent(share(pool))}), ${of.blocks} of ${count(blocks)} blocks${of.borrowed === 0 ? '' : `, ${of.borrowed} borrowed`}`,
  );
  return `${name} ${cidr}${disabled ? ' (disabled)' : ''}: ${'unknown' in use ? 'use ' : ''}${words}`;
}

/** Of IPv6 as a power of two. */
function count(number: number): string {
  return number > 1e9 ? `2^${Math.log2(number)}` : String(number);
}

function percent(part: number): string {
  const of100 = part * 100;
  return of100 > 0 && of100 < 1 ? 'under 1 %' : `${Math.floor(of100)} %`;
}

function bgpWords({
  expected,
  established,
  sessions,
}: Exclude<Extract<Status['bgp'], { value: unknown }>['value'], 'none'>): string {
  const all = expected === undefined ? sessions.length : Math.max(expected, sessions.length);
  const mesh = expected === undefined ? '' : 'full mesh: ';
  return `${mesh}${established} of ${all} sessions Established, each end counted`;
}

function policyWords({
  declared,
  staged,
  missing,
  others,
}: Extract<Status['policies'], { value: unknown }>['value']): string {
  const there = `${declared - missing.length} of ${declared} declared are there`;
  const only = staged === 0 ? 'none of them staged' : `${staged} of them staged, so not enforced`;
  if (others.length === 0) return `${there}, ${only}`;
  const few = others.slice(0, 2).join(', ');
  return `${there}, ${only}; ${others.length} not of the stack: ${few}${others.length > 2 ? ', …' : ''}`;
}

function runWords({
  run,
  state,
  since,
  seconds,
}: Exclude<Extract<Status['run'], { value: unknown }>['value'], 'none'>): string {
  const time = seconds === undefined ? '' : ` after ${duration(seconds)}`;
  const what = state === 'running' ? 'is at work' : state;
  return `${since.slice(0, 16).replace('T', ' ')} UTC: ${run} ${what}${time}`;
}

function driftLines(drift: Status['drift'], steps: Status['steps']): string[] {
  const next = said(steps, (number) =>
    number === 0
      ? '`up` has nothing to do'
      : `\`up\` has ${number} ${number === 1 ? 'step' : 'steps'} to do (calispray plan)`,
  );
  const planned = 'unknown' in steps ? `plan ${next}` : next;
  if ('unknown' in drift) return [`not known: ${drift.unknown}`, ...('unknown' in steps ? [] : [planned])];
  if (drift.value.length === 0) return [`live as it was carried out; ${planned}`];
  const count = drift.value.length === 1 ? '1 thing' : `${drift.value.length} things`;
  return [`${planned}; ${count} not as carried out (plan --live):`, drift.value[0]?.message ?? ''];
}
