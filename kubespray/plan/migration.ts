import type { CalicoMode, Encapsulation } from '../../cluster/index.ts';
import { modeOf } from '../../cluster/network.ts';
import { calicoCall, onControlPlane } from './calls.ts';
import type { Call, Facts } from './types.ts';

/** How often a new way is looked for on each node, and how long between: five minutes. */
const PATIENCE = { tries: 60, delaySeconds: 5 } as const;

/**
 * From one encapsulation to another with both of them on in between (kubespray v2.31.0 docs/CNI/calico.md:265-282). That is
 * written for IP-in-IP to VXLAN; without a tunnel, or out of VXLAN, the nodes need BIRD before the pool is changed, since Felix alone
 * gives them the routes until then. The last call switches the old way off: FelixConfiguration follows the modes (install.yml:167, :174).
 */
export function migrationCalls(from: Encapsulation, desired: Facts): Call[] {
  const [old, { calico }] = [modesOf(from), desired];
  const pool = String(calico.calico_pool_name);
  const modes = { ipipMode: calico.calico_ipip_mode as CalicoMode, vxlanMode: calico.calico_vxlan_mode as CalicoMode };
  const tunnel = tunnelOf(modes);
  const patch = (what: string, kind: string, name: string, spec: object) =>
    onControlPlane(what, ['calicoctl.sh', 'patch', kind, name, '-p', JSON.stringify({ spec })], {
      tries: 3,
      delaySeconds: 5,
    });
  return [
    ...(from.kind === 'vxlan' && calico.calico_network_backend === 'bird' ? startBird(old) : []),
    ...(tunnel === undefined
      ? []
      : [patch(`FelixConfiguration: ${tunnel.switch} on`, 'felixconfig', 'default', { [tunnel.switch]: true })]),
    patch(`IPPool ${pool}: IP-in-IP ${modes.ipipMode}, VXLAN ${modes.vxlanMode}`, 'ippool', pool, modes),
    ...(tunnel === undefined
      ? []
      : [
          {
            name: `wait for the device ${tunnel.device} on every node`,
            command: ['test', '-e', `/sys/class/net/${tunnel.device}`],
            on: 'k8s_cluster',
            sees: 'members',
            ...PATIENCE,
          } as const,
        ]),
    calicoCall,
  ];
}

/**
 * BIRD beside what there is. The check part is left out: an earlier attempt may have changed the pool, which this one then
 * changes back and forth. Ready is a node whose sessions are up (`-bird-ready`, templates/calico-node.yml.j2:394).
 */
function startBird({ ipipMode, vxlanMode }: Modes): Call[] {
  return [
    {
      ...calicoCall,
      tags: ['download', 'network'],
      extraVars: { calico_network_backend: 'bird', calico_ipip_mode: ipipMode, calico_vxlan_mode: vxlanMode },
    },
    onControlPlane('wait for BIRD on every node', [
      'kubectl',
      '--kubeconfig=/etc/kubernetes/admin.conf',
      '--namespace=kube-system',
      'rollout',
      'status',
      'daemonset/calico-node',
    ]),
  ];
}

interface Modes {
  readonly ipipMode: CalicoMode;
  readonly vxlanMode: CalicoMode;
}

function modesOf(encapsulation: Encapsulation): Modes {
  return { ipipMode: modeOf('ipip', encapsulation), vxlanMode: modeOf('vxlan', encapsulation) };
}

/** What Felix calls the tunnel, and the device it has on a node. */
function tunnelOf({ ipipMode, vxlanMode }: Modes) {
  if (ipipMode !== 'Never') return { switch: 'ipipEnabled', device: 'tunl0' } as const;
  return vxlanMode === 'Never' ? undefined : ({ switch: 'vxlanEnabled', device: 'vxlan.calico' } as const);
}
