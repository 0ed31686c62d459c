import type { Finding } from '../../cluster/finding.ts';
import { parseCluster } from '../../cluster/index.ts';
import { record } from '../../cluster/raw.ts';
import { releases } from '../../cluster/releases.ts';
import { fieldOf } from '../fields.ts';
import { peeringOf, readBgp } from './bgp.ts';
import { Draft } from './draft.ts';
import { readExtra } from './extra.ts';
import { type Place, topOf } from './given.ts';
import type { Groups } from './groups.ts';
import { hostsOf } from './hosts.ts';
import type { Files } from './layers.ts';
import { readMtu } from './mtu.ts';
import { readName } from './name.ts';
import { isDualStack, readNetwork } from './network.ts';
import { readNodes } from './nodes.ts';
import { readParts } from './parts.ts';
import { readHosts } from './read-hosts.ts';
import { readIni } from './read-ini.ts';
import { Reading } from './reading.ts';
import { readSimple } from './simple.ts';
import { sourceIn } from './source.ts';
import { readTransport } from './transport.ts';

export interface ImportOptions {
  /** The inventory file at the top of the folder. Default: the one that kubespray's documentation names. */
  readonly inventory?: string;
  /** Name of the cluster, where `cluster_name` is none that a stack file takes. Default: `imported`. */
  readonly name?: string;
  /** Tag of the kubespray release, which no inventory says. Default: the newest that Calispray knows, and a finding. */
  readonly kubespray?: string;
}

export interface Imported {
  /** The stack file's value (`calispray:cluster`); absent where part of the inventory could not be read. */
  readonly value?: Record<string, unknown>;
  /** What was wrong, dropped or assumed; the path is `file:line` of the inventory, or the field that was assumed. */
  readonly findings: readonly Finding[];
}

const NEWEST = releases.at(-1)?.tag ?? '';

/** Findings after which what was read cannot be trusted to be all there is. */
const UNREADABLE = [
  'not-yaml',
  'not-utf8',
  'control-character',
  'too-large',
  'too-deep',
  'too-many-hosts',
  'alias-bomb',
  'bad-ini',
  'bad-host-range',
  'no-groups',
  'no-inventory',
  'group-cycle',
  'wrong-type',
];

/**
 * A kubespray inventory, given as path inside its folder → text, as a stack file's value. Nothing in it makes this throw.
 */
export function importInventory(files: Files, options: ImportOptions = {}): Imported {
  const { file, findings: found } = sourceIn(files, options.inventory);
  if (file === undefined) return { findings: found };
  const { groups, findings: read } = readSource(file, files[file] ?? '');
  if (groups === undefined) return { findings: [...found, ...read] };
  const hosts = hostsOf(groups, files);
  const before = [...found, ...read, ...hosts.findings];
  if (before.some(({ code }) => UNREADABLE.includes(code))) return { findings: unique(before) };
  const reading = new Reading(hosts);
  reading.findings.push(...before);
  if (hosts.nodes.length === 0) {
    reading.say(
      topOf(file),
      'refused',
      'no-hosts',
      'the inventory has no hosts of a cluster',
      'Add hosts to kube_control_plane, etcd and kube_node.',
    );
  }
  const value = draftOf(reading, options);
  return { value, findings: unique([...reading.findings, ...remaining(value, reading)]) };
}

function readSource(file: string, text: string): { groups?: Groups; findings: readonly Finding[] } {
  return /\.(ya?ml|json)$/.test(file) ? readHosts(file, text) : readIni(file, text);
}

function draftOf(reading: Reading, { name, kubespray }: ImportOptions): Record<string, unknown> {
  const tag = kubespray ?? NEWEST;
  if (kubespray === undefined) {
    reading.say(
      'kubespray.version',
      'advice',
      'assumed',
      `an inventory does not say which release of kubespray it is for: ${tag} is taken`,
      'Give --kubespray TAG, the release that the cluster was built with.',
    );
  }
  const draft = new Draft();
  const peering = peeringOf(reading);
  draft.set('apiVersion', 'calispray/v1');
  draft.set('kubespray.version', tag);
  readName(reading, draft, name ?? 'imported');
  const dualStack = isDualStack(reading);
  readNodes(reading, draft, { peering, isDualStack: dualStack });
  readNetwork(reading, draft, dualStack);
  readTransport(reading, draft, dualStack);
  readSimple(reading, draft);
  readBgp(reading, draft, peering);
  readParts(reading, draft, tag);
  // No inventory says that there is a Prometheus operator, and without one its objects would be refused.
  draft.set('monitoring', 'none');
  readMtu(reading, draft);
  readExtra(reading, draft, tag);
  const value = draft.value();
  if (record(value.network).wireguard === true) sayOfSystems(reading);
  return value;
}

/** kubespray installs the wrong packages on some systems (../wireguard.ts), and only the stack file can name a node's. */
function sayOfSystems(reading: Reading): void {
  reading.say(
    'nodes',
    'advice',
    'assumed',
    "an inventory does not say which systems the nodes run, and WireGuard's packages depend on it",
    'Write nodes.NAME.os: where kubespray would install the wrong ones, the right ones are passed to it.',
  );
}

/** What still keeps the value from being a cluster, with the variable that it came from. */
function remaining(value: Record<string, unknown>, reading: Reading): Finding[] {
  const parsed = parseCluster(value);
  if (parsed.ok) return [];
  const known = new Set(reading.findings.map(({ code }) => code));
  return parsed.findings
    .filter(({ code }) => !(code === 'bad-name' && known.has('host-name')))
    .filter(({ code, path }) => !(code === 'missing-field' && known.has('no-address') && isOfAddresses(path)))
    .filter(() => !known.has('no-hosts'))
    .map((finding) => {
      const from = sourceOf(finding.path, reading);
      return from === undefined
        ? finding
        : { ...finding, at: from.place, message: `${from.variable}: ${finding.message}` };
    });
}

/** Fields that are missing where an address is. */
function isOfAddresses(path: string): boolean {
  return path.endsWith('.address') || path === 'network.nodes';
}

/** The variable that a field, or the nearest thing around it, came from. */
function sourceOf(path: string, reading: Reading): { variable: string; place: Place } | undefined {
  const [, node] = /^nodes\.([^.[]+)/.exec(path) ?? [];
  const host = reading.hosts.nodes.find(({ name }) => name === node);
  const general =
    node === undefined
      ? path
      : path.replace(`nodes.${node}`, 'nodes.NAME').replace('nodes.NAME.bgp.peers', 'network.bgp.peers');
  for (
    let field = general;
    field.includes('.');
    field = field.slice(0, Math.max(field.lastIndexOf('.'), field.lastIndexOf('[')))
  ) {
    for (const variable of Object.keys(fieldOf).filter((name) => fieldOf[name] === field)) {
      const place = host === undefined ? reading.placeOf(variable) : host.variables.get(variable)?.place;
      if (place !== undefined) return { variable, place };
    }
  }
  return undefined;
}

/** Once each, the worst first: a variable of a group is read for every host. */
function unique(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, Finding>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.path, finding.at, finding.code, finding.message]);
    if (!seen.has(key)) seen.set(key, finding);
  }
  const order = ['refused', 'harmful', 'advice'];
  return [...seen.values()].sort((a, b) => order.indexOf(a.class) - order.indexOf(b.class));
}
