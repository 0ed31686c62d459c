import { deriveNetwork, parseCluster } from '../../cluster/index.ts';
import type { Draft } from './draft.ts';
import { show } from './given.ts';
import type { Reading } from './reading.ts';

/** What almost every interface has. */
const USUAL = 1500;

/**
 * The MTU of pods and that of the interfaces, which no inventory says: 1500, or what the written MTU needs with the
 * encapsulation. The draft must have everything else by now.
 */
export function readMtu(reading: Reading, draft: Draft): void {
  const mtu = writtenMtu(reading);
  const most = mostOf(draft);
  const overhead = most === undefined ? undefined : USUAL - most;
  const jumbo = mtu !== undefined && overhead !== undefined && mtu > USUAL - overhead;
  const interfaceMtu = jumbo ? mtu + overhead : USUAL;
  if (jumbo) draft.set('network.interfaceMtu', interfaceMtu);
  if (mtu !== undefined && mtu !== interfaceMtu - (overhead ?? 0)) draft.set('network.mtu', mtu);
  if (reading.hosts.nodes.length === 0) return;
  // Without calico_mtu Felix looks at the interface by itself; the rendered inventory has a number.
  const found =
    mtu === undefined && most !== undefined ? `, and pods get ${most}, which Calico found out by itself so far` : '';
  reading.say(
    'network.interfaceMtu',
    'advice',
    'assumed',
    jumbo
      ? `an inventory does not say the MTU of the nodes' interfaces: an MTU of ${mtu} for pods needs ${interfaceMtu}`
      : `an inventory does not say the MTU of the nodes' interfaces: ${USUAL} is taken${found}`,
    'Write the real one: `up` compares it on every node before Ansible.',
  );
}

function writtenMtu(reading: Reading): number | undefined {
  const [calico, veth] = [reading.take('calico_mtu'), reading.take('calico_veth_mtu')];
  if (calico === undefined) {
    if (veth !== undefined) {
      reading.say(
        veth.place,
        'harmful',
        'mtu-without-effect',
        `calico_veth_mtu ${show(veth.value)} has no effect without calico_mtu: Calico finds the MTU out by itself`,
        'It is dropped, and mtu is auto; write network.mtu if it is meant.',
        'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:103',
      );
    }
    return undefined;
  }
  const mtu = reading.asInt('calico_mtu', calico);
  if (mtu === undefined) return undefined;
  if (typeof calico.value === 'string') {
    reading.say(
      calico.place,
      'harmful',
      'number-as-text',
      'calico_mtu is text, and the CNI plugin is only told a number',
      `${mtu} is taken, as a number.`,
      'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-config.yml.j2:86',
    );
  }
  const other = veth === undefined ? undefined : reading.asInt('calico_veth_mtu', veth);
  if (veth !== undefined && other !== undefined && other !== mtu) {
    reading.say(
      veth.place,
      'harmful',
      'two-mtus',
      `calico_veth_mtu is ${other} beside calico_mtu ${mtu}, and a stack file has one`,
      `${mtu} is taken, which the CNI plugin gives to pods.`,
    );
  }
  return mtu;
}

/** What the encapsulation leaves of a usual interface, where the draft is a cluster so far. */
function mostOf(draft: Draft): number | undefined {
  const parsed = parseCluster(draft.value());
  return parsed.ok ? deriveNetwork(parsed.cluster).maxMtu : undefined;
}
