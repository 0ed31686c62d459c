/** Calico's own objects, field by field: what a hand changed that kubespray writes, and what it would leave. */
import type { Finding } from '../../cluster/index.ts';
import { fieldOf } from '../fields.ts';
import type { Facts } from '../plan/index.ts';
import type { Asked } from './drift.ts';
import { type Kind, type Owned, ownedBy, same, setByHand } from './owned.ts';
import type { LiveCalico, Spec } from './types.ts';

/** How an object of the kind is changed by hand. kubespray writes the last one with kubectl (install.yml:471). */
const patch: Readonly<Record<Kind, string>> = {
  IPPool: 'calicoctl.sh patch ippool',
  FelixConfiguration: 'calicoctl.sh patch felixconfig',
  BGPConfiguration: 'calicoctl.sh patch bgpconfig',
  IPAMConfig: 'kubectl patch --type merge ipamconfigs.crd.projectcalico.org',
};

/** Fields of the managed IPv4 pool that are refused, not put back: see fixed.ts. */
const fixed = new Set(['cidr', 'blockSize', 'ipipMode', 'vxlanMode']);

export function objectFindings(asked: Asked): Finding[] {
  const { live, desired, applied } = asked;
  const owned = ownedIn(desired);
  const before = applied === undefined ? undefined : ownedIn(applied);
  return [
    ...owned.flatMap((field) => put(asked, field, before)),
    ...objectsOf(owned).flatMap(([kind, name]) =>
      hand(kind, name, liveSpec(live.calico, kind, name), owned, before ?? []),
    ),
    ...pools(asked, owned),
  ];
}

function ownedIn(facts: Facts): Owned[] {
  const reflectors = Object.values(facts.hosts).some(({ groups }) => groups.includes('calico_rr'));
  return ownedBy({ ...facts.settings, ...facts.calico, ...(reflectors ? { peer_with_calico_rr: true } : {}) });
}

function objectsOf(owned: readonly Owned[]): [Kind, string][] {
  const names = new Map(owned.map(({ kind, name }) => [`${kind} ${name}`, [kind, name] as [Kind, string]]));
  return [...names.values()];
}

function liveSpec({ pools, felix, bgp, ipam }: LiveCalico, kind: Kind, name: string): Spec | undefined {
  switch (kind) {
    case 'IPPool':
      return pools?.find((pool) => pool.name === name)?.spec;
    case 'FelixConfiguration':
      return felix ?? undefined;
    case 'BGPConfiguration':
      return bgp ?? undefined;
    case 'IPAMConfig':
      return ipam ?? undefined;
  }
}

/** A field that is neither as declared nor as last carried out. */
function put({ cluster, live }: Asked, owned: Owned, before: readonly Owned[] | undefined): Finding[] {
  const { kind, name, field, value, variable } = owned;
  const spec = liveSpec(live.calico, kind, name);
  if (spec === undefined || same(spec[field], value)) return [];
  const managed = cluster.network.pool.name;
  if (kind === 'IPPool' && fixed.has(field) && (name === managed || field === 'cidr' || field === 'blockSize'))
    return [];
  // They go with the pool's encapsulation, and that is judged as a whole.
  if (field === 'ipipEnabled' || field === 'vxlanEnabled') return [];
  const was = before?.find((each) => each.kind === kind && each.name === name && each.field === field);
  if (was !== undefined && same(spec[field], was.value)) return [];
  return [
    {
      code: 'drift-field',
      class: 'advice',
      path: (variable === undefined ? undefined : fieldOf[variable]) ?? pathOf[kind],
      message: `${kind} ${name} has ${field} ${shown(spec[field])} live, the stack says ${shown(value)}: the next run of the network part writes that again`,
      hint: `Declare it, or put it back now: ${patch[kind]} ${name} -p '${JSON.stringify({ spec: { [field]: value } })}'.`,
      reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:147-364',
    },
  ];
}

/** Fields that kubespray never writes, and so never takes back: it merges what it has into what is there. */
function hand(
  kind: Kind,
  name: string,
  spec: Spec | undefined,
  owned: readonly Owned[],
  before: readonly Owned[],
): Finding[] {
  if (spec === undefined) return [];
  const known = new Set(
    [...owned, ...before].filter((each) => each.kind === kind && each.name === name).map(({ field }) => field),
  );
  const found = setByHand(kind, spec, known);
  if (found.length === 0) return [];
  const list = found.slice(0, MOST).map(([field, value]) => `${field} ${shown(value)}`);
  const more = found.length > MOST ? ` and ${found.length - MOST} more` : '';
  return [
    {
      code: 'drift-by-hand',
      class: 'advice',
      path: pathOf[kind],
      message: `${kind} ${name} has ${list.join(', ')}${more} live, which the stack does not say: kubespray leaves that as it is`,
      hint: `Keep it in mind, or take it out: ${patch[kind]} ${name} -p '${JSON.stringify({ spec: Object.fromEntries(found.map(([field]) => [field, null])) })}'.`,
      reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:179',
    },
  ];
}

/** Most fields of one object that are written out. */
const MOST = 8;

const pathOf: Readonly<Record<Kind, string>> = {
  IPPool: 'network.pool',
  FelixConfiguration: 'felix',
  BGPConfiguration: 'network.bgp',
  IPAMConfig: 'network.ipam',
};

/** Pools that nobody declares, beside the managed ones. */
function pools({ cluster: { network }, live }: Asked, owned: readonly Owned[]): Finding[] {
  const managed = new Set(owned.filter(({ kind }) => kind === 'IPPool').map(({ name }) => name));
  const known = new Set([...managed, ...network.furtherPools.map(({ name }) => name)]);
  const there = live.calico.pools ?? [];
  // Where the managed one is missing, a stranger is its old name, and refused: see fixed.ts.
  if (!there.some(({ name }) => name === network.pool.name)) return [];
  return there
    .filter(({ name }) => !known.has(name))
    .map(({ name, spec }) => ({
      code: 'drift-pool',
      class: 'advice',
      path: 'network.furtherPools',
      message: `the pool ${name} (${String(spec.cidr)}) is live, and the stack does not name it: nothing here touches it`,
      hint: `Declare it under network.furtherPools, or, once no pod has an address of it: calicoctl.sh delete ippool ${name}.`,
      reference: 'kubespray v2.31.0 docs/CNI/calico.md:276',
    }));
}

/** A value in a sentence; long ones are cut. */
function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
