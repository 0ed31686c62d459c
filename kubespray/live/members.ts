/** The nodes as the API has them, against those that joined; and the versions that run there. */
import { type Finding, release } from '../../cluster/index.ts';
import type { Facts } from '../plan/index.ts';
import type { Asked } from './drift.ts';

/** Groups whose hosts are nodes of Kubernetes; a host of etcd alone is none. */
const NODES = ['kube_control_plane', 'kube_node', 'calico_rr'];

export function memberFindings(asked: Asked): Finding[] {
  return [...strangers(asked), ...missing(asked), ...notReady(asked), ...calicoNode(asked), ...versions(asked)];
}

function advice(code: string, path: string, message: string, hint: string): Finding {
  return { code, class: 'advice', path, message, hint };
}

function strangers({ live, desired, applied }: Asked): Finding[] {
  const unknown = live.nodes.filter(({ name }) => !(name in desired.hosts) && !(name in (applied?.hosts ?? {})));
  if (unknown.length === 0) return [];
  const one = unknown.length === 1;
  return [
    advice(
      'drift-node',
      'nodes',
      `${names(unknown)} ${one ? 'is a node' : 'are nodes'} of the cluster, and the stack does not name ${one ? 'it' : 'them'}: nothing here touches ${one ? 'it' : 'them'}`,
      `Declare ${one ? 'it' : 'them'} under nodes, or take ${one ? 'it' : 'them'} off: kubectl drain, kubectl delete node.`,
    ),
  ];
}

function missing({ live, desired, applied }: Asked): Finding[] {
  const there = new Set(live.nodes.map(({ name }) => name));
  const gone = Object.entries(applied?.hosts ?? {})
    .filter(
      ([name, { groups }]) =>
        name in desired.hosts && groups.some((group) => NODES.includes(group)) && !there.has(name),
    )
    .map(([name]) => ({ name }));
  if (gone.length === 0) return [];
  return [
    advice(
      'drift-node',
      gone.length === 1 ? `nodes.${gone[0]?.name}` : 'nodes',
      `${names(gone)} joined, and the cluster does not have ${gone.length === 1 ? 'it' : 'them'} any more: no run brings ${gone.length === 1 ? 'it' : 'them'} back by itself`,
      'Take it out of the stack, run up, and declare it again: it joins anew (docs/operations.md#replace-a-node).',
    ),
  ];
}

function notReady({ live }: Asked): Finding[] {
  const down = live.nodes.filter(({ ready }) => !ready);
  if (down.length === 0) return [];
  return [
    advice(
      'drift-node',
      down.length === 1 ? `nodes.${down[0]?.name}` : 'nodes',
      `${names(down)} ${down.length === 1 ? 'is' : 'are'} not ready`,
      'See `kubectl describe node` and `journalctl -u kubelet` there before a run: kubespray waits for every node it works on.',
    ),
  ];
}

/** Where its pod never got ready, the kubeconfig of the plugin is missing, and a run ends waiting for it (install.yml:455). */
function calicoNode({ cluster, live }: Asked): Finding[] {
  const { desired, ready, notReady } = live.calico;
  if (desired === null || (ready ?? 0) >= desired) return [];
  const seconds = cluster.calico.node.kubeconfigTimeoutSeconds;
  const where = notReady.length === 0 ? '' : ` (${names(notReady.map((name) => ({ name })))})`;
  return [
    {
      ...advice(
        'drift-calico-node',
        'calico.node',
        `calico-node is ready on ${ready ?? 0} of ${desired} nodes${where}: a run waits ${seconds} s there for /etc/cni/net.d/calico-kubeconfig, and fails without it`,
        'See `kubectl -n kube-system get pods -l k8s-app=calico-node -o wide` and the log of one that is not ready.',
      ),
      reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:455',
    },
  ];
}

function versions({ cluster, live, desired, applied }: Asked): Finding[] {
  const found: Finding[] = [];
  const meant = new Set([desired.release.kubernetes, ...(applied === undefined ? [] : [applied.release.kubernetes])]);
  const other = live.nodes.filter(({ kubelet }) => kubelet !== '' && !meant.has(kubelet));
  if (other.length > 0) {
    const which = [...new Set(other.map(({ kubelet }) => kubelet))].join(', ');
    found.push(
      advice(
        'drift-version',
        cluster.kubernetes.version === undefined ? 'kubespray.version' : 'kubernetes.version',
        `${names(other)} ${other.length === 1 ? 'runs' : 'run'} kubelet ${which}, not ${[...meant].reverse().join(' or ')}`,
        'An upgrade that was left half-way goes on with the next up; one by hand is best undone or declared.',
      ),
    );
  }
  const is = live.calico.version;
  const tag = cluster.calico.images.node?.tag;
  const calicos = [desired, ...(applied === undefined ? [] : [applied])].map(calicoOf);
  const meantCalico = [...new Set(calicos.filter((version) => version !== undefined))];
  if (is !== null && tag === undefined && meantCalico.length > 0 && !meantCalico.includes(is)) {
    found.push(
      advice(
        'drift-version',
        'calico.version',
        `calico-node is ${is} live, not ${meantCalico.join(' or ')}: the next run of the network part writes that again`,
        `Write calico.version: '${is}', if the kubespray release has it, or leave it to the next run.`,
      ),
    );
  }
  return found;
}

function calicoOf({ calico, release: { version } }: Facts): string | undefined {
  const said = calico.calico_version ?? release(version)?.calico;
  return said === undefined ? undefined : String(said);
}

/** Eight names at most: a cluster may have hundreds. */
function names(nodes: readonly { readonly name: string }[]): string {
  const list = nodes.slice(0, 8).map(({ name }) => name);
  return nodes.length > 8 ? `${list.join(', ')} and ${nodes.length - 8} more` : list.join(', ');
}
