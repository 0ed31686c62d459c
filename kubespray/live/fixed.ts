/** What a live cluster keeps for its life: an `up` that wants it otherwise stops before it touches anything. */
import {
  type Cluster,
  contains,
  type Encapsulation,
  type Finding,
  range,
  range6,
  release,
} from '../../cluster/index.ts';
import { modeOf } from '../../cluster/network.ts';
import type { Asked } from './drift.ts';
import type { LiveObject } from './types.ts';
import { below } from './versions.ts';

const guide = (anchor: string): string => `docs/operations.md#${anchor}`;
const KUBEADM = 'kubespray v2.31.0 roles/kubernetes/control-plane/templates/kubeadm-config.v1beta4.yaml.j2:108';
const CHECK = 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml';

export function fixedFindings(asked: Asked): Finding[] {
  return [
    ...datastore(asked),
    ...pool(asked, false),
    ...(asked.cluster.network.ipv6 === undefined ? [] : pool(asked, true)),
    ...encapsulation(asked),
    ...ranges(asked),
    ...kubernetes(asked),
    ...calico(asked),
  ];
}

function refused(code: string, path: string, message: string, hint: string, reference: string): Finding {
  return { code, class: 'refused', path, message, hint, reference };
}

function datastore({ cluster: { calico }, live }: Asked): Finding[] {
  const is = live.calico.datastore;
  if (is === null || is === calico.datastore) return [];
  return [
    refused(
      'live-datastore',
      'calico.datastore',
      `calico-node keeps its data in ${words(is)} live, the stack says ${words(calico.datastore)}`,
      `Write calico.datastore: ${is}; another one is a cluster built anew.`,
      'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:163',
    ),
  ];
}

function words(datastore: string): string {
  return datastore === 'kdd' ? 'the Kubernetes API (kdd)' : 'etcd';
}

/** kubespray's own check stops twenty minutes in, and for IPv6 never: its condition has a typing error (check.yml:192). */
function pool({ cluster, live }: Asked, six: boolean): Finding[] {
  const { network } = cluster;
  const said = six && network.ipv6 !== undefined ? network.ipv6.pool : network.pool;
  const name = six ? `${network.pool.name}-ipv6` : network.pool.name;
  const field = six ? 'network.ipv6.pool' : 'network.pool';
  const { pools } = live.calico;
  if (pools === null) return [];
  const found = pools.find((each) => each.name === name);
  if (found === undefined) return strangers(cluster, pools, name, six);
  const reference = `${CHECK}:${six ? 187 : 163}`;
  return (['cidr', 'blockSize'] as const)
    .filter((key) =>
      key === 'cidr' ? !sameRange(found.spec.cidr, said.cidr) : String(found.spec[key]) !== String(said[key]),
    )
    .map((key) =>
      refused(
        'live-pool',
        `${field}.${key}`,
        `the pool ${name} has ${key} ${String(found.spec[key])} live, the stack says ${said[key]}`,
        `Write ${key}: ${String(found.spec[key])}, or move the pods to another pool: ${guide('change-the-pool')}.`,
        reference,
      ),
    );
}

/** The managed pool is not there, but one of another name that nobody declares: kubespray would make a second one beside it. */
function strangers({ network }: Cluster, pools: readonly LiveObject[], name: string, six: boolean): Finding[] {
  const further = new Set(network.furtherPools.map((each) => each.name));
  const other = pools.find(
    ({ name: its, spec }) =>
      !further.has(its) &&
      its !== network.pool.name &&
      String(spec.cidr).includes(':') === six &&
      spec.disabled !== true,
  );
  // Only the IPv4 pool has a name of its own; that of IPv6 follows it.
  if (other === undefined || six) return [];
  return [
    refused(
      'live-pool-name',
      'network.pool.name',
      `there is no pool ${name} live, but ${other.name} (${String(other.spec.cidr)}), which the stack does not name`,
      `Write name: ${other.name}, or move the pods to another pool: ${guide('change-the-pool')}.`,
      'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:197',
    ),
  ];
}

/** How packets of the managed IPv4 pool travel; that of IPv6 kubespray changes in place, so it is a field like others. */
function encapsulation({ cluster, live, desired, applied }: Asked): Finding[] {
  const { pool: said, encapsulation: declared } = cluster.network;
  const found = live.calico.pools?.find((each) => each.name === said.name);
  if (found === undefined) return [];
  const from = cluster.migrate?.encapsulation?.from;
  const fits = (mode: 'ipip' | 'vxlan') => {
    const is = String(found.spec[`${mode}Mode`] ?? 'Never');
    return is === modeOf(mode, declared) || (from !== undefined && is === modeOf(mode, from));
  };
  if (fits('ipip') && fits('vxlan')) return [];
  const is = liveEncapsulation(found);
  const modes = { ipipMode: modeOf('ipip', declared), vxlanMode: modeOf('vxlan', declared) };
  // The stack says what it always did: then somebody's hand did it, and what undoes it is at hand as well.
  const asBefore = applied !== undefined && MODES.every((name) => applied.calico[name] === desired.calico[name]);
  const way = asBefore
    ? `put it back: calicoctl.sh patch ippool ${said.name} -p '${JSON.stringify({ spec: modes })}'`
    : `declare the migration: ${guide('change-the-encapsulation')}`;
  return [
    refused(
      'live-encapsulation',
      'network.encapsulation',
      `the pool ${said.name} has ${is} live, the stack says ${wordsOf(declared)}`,
      `Write encapsulation: ${is}, or ${way}.`,
      `${CHECK}:166`,
    ),
  ];
}

const MODES = ['calico_ipip_mode', 'calico_vxlan_mode'];

function liveEncapsulation({ spec }: LiveObject): string {
  const mode = (calico: unknown) => (calico === 'Always' ? 'always' : 'cross-subnet');
  const { ipipMode = 'Never', vxlanMode = 'Never' } = spec;
  if (ipipMode !== 'Never') return `{ ipip: ${mode(ipipMode)} }`;
  return vxlanMode === 'Never' ? 'none' : `{ vxlan: ${mode(vxlanMode)} }`;
}

function wordsOf(declared: Encapsulation): string {
  return declared.kind === 'none' ? 'none' : `{ ${declared.kind}: ${declared.mode} }`;
}

function ranges({ cluster: { network }, live }: Asked): Finding[] {
  const found: Finding[] = [];
  const compare = (field: 'pods' | 'services', what: string) => {
    const families = [
      [network[field], `network.${field}`, false],
      ...(network.ipv6 === undefined ? [] : [[network.ipv6[field], `network.ipv6.${field}`, true] as const]),
    ] as const;
    for (const [said, path, six] of families) {
      const is = live[field].find((cidr) => cidr.includes(':') === six);
      if (is === undefined || sameRange(is, said)) continue;
      found.push(
        refused(
          'live-range',
          path,
          `the cluster gives ${what} addresses of ${is} live, the stack says ${said}`,
          `Write ${is}; another range is another cluster: ${guide('change-the-pod-or-service-range')}.`,
          KUBEADM,
        ),
      );
    }
  };
  compare('pods', 'pods');
  compare('services', 'Services');
  return [
    ...found,
    ...(live.pods.length === 0 ? podRanges(network.pods, live) : stacks(network.ipv6 !== undefined, live)),
  ];
}

/** One stack or two is as fixed as the ranges are. */
function stacks(two: boolean, { pods }: Asked['live']): Finding[] {
  const six = pods.find((cidr) => cidr.includes(':'));
  if ((six !== undefined) === two) return [];
  return [
    refused(
      'live-range',
      'network.ipv6',
      six === undefined
        ? 'pods have IPv4 addresses alone live, the stack says that they have both'
        : `pods have addresses of ${six} live beside IPv4, the stack knows of no IPv6`,
      `Write network.ipv6 as it was built, or leave it out; another stack is another cluster: ${guide('change-the-pod-or-service-range')}.`,
      KUBEADM,
    ),
  ];
}

/** Without kubeadm's record, what the nodes were given says it. */
function podRanges(pods: string, { nodes }: Asked['live']): Finding[] {
  for (const { name, podCIDRs } of nodes) {
    const outside = podCIDRs.find((cidr) => !cidr.includes(':') && !within(pods, cidr));
    if (outside === undefined) continue;
    return [
      refused(
        'live-range',
        'network.pods',
        `${name} gives pods addresses of ${outside} live, outside of the ${pods} of the stack`,
        `Write the range that it was cut out of; another one is another cluster: ${guide('change-the-pod-or-service-range')}.`,
        KUBEADM,
      ),
    ];
  }
  return [];
}

/** Whether both are the same addresses, however they are written. */
function sameRange(a: unknown, b: unknown): boolean {
  const ends = (text: unknown) => {
    const found = range(text) ?? range6(text);
    return found === undefined ? String(text) : `${found.first}-${found.last}`;
  };
  return ends(a) === ends(b);
}

function within(outer: string, inner: string): boolean {
  const [whole, part] = [range(outer), range(inner)];
  return whole === undefined || part === undefined || contains(whole, part);
}

/** No way back for Kubernetes; and without a record of ours, cluster.yml would leave the control plane at its old version. */
function kubernetes({ cluster, live, desired, applied }: Asked): Finding[] {
  const is = live.kubernetes;
  const said = desired.release.kubernetes;
  if (is === null || is === said) return [];
  const path = cluster.kubernetes.version === undefined ? 'kubespray.version' : 'kubernetes.version';
  if (below(said, is)) {
    return [
      refused(
        'live-kubernetes',
        path,
        `the API server is Kubernetes ${is} live, newer than the ${said} of the stack`,
        `Write kubernetes.version: '${is}', with a kubespray that has it: Kubernetes has no way back.`,
        'https://kubernetes.io/releases/version-skew-policy/',
      ),
    ];
  }
  if (applied !== undefined) return [];
  return [
    refused(
      'live-kubernetes',
      path,
      `the API server is Kubernetes ${is} live, the stack says ${said}, and the controller has no record to upgrade from`,
      `Write kubernetes.version: '${is}' and run up, which takes the cluster over; upgrade it then.`,
      'kubespray v2.31.0 docs/operations/upgrades.md',
    ),
  ];
}

/** The same in every release that Calispray knows, v2.28.0 to v2.31.0. */
const OLDEST_CALICO = '3.27.0';

function calico({ cluster, live }: Asked): Finding[] {
  const is = live.calico.version;
  if (is === null || !below(is, OLDEST_CALICO)) return [];
  const next = cluster.calico.version ?? release(cluster.kubespray.version)?.calico;
  return [
    refused(
      'live-calico',
      'kubespray.version',
      `Calico is ${is} live, older than ${OLDEST_CALICO}, the oldest that kubespray ${cluster.kubespray.version} upgrades${next === undefined ? '' : ` to ${next}`}`,
      'Upgrade release by release, with the kubespray that goes with each.',
      `${CHECK}:66; roles/kubespray_defaults/vars/main/main.yml:23`,
    ),
  ];
}
