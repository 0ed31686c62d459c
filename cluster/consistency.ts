import { bgpFindings } from './bgp-consistency.ts';
import { calicoFindings } from './calico-consistency.ts';
import { expectationFindings } from './expect-consistency.ts';
import type { Finding } from './finding.ts';
import { nodeFindings } from './node-consistency.ts';
import type { WrittenManifest } from './policies/manifests.ts';
import { policyFindings } from './policy-consistency.ts';
import { poolFindings } from './pool-consistency.ts';
import { list, type Raw, record, refused } from './raw.ts';
import { verifyFindings } from './verify-consistency.ts';

/**
 * Mistakes that only show across fields. They look at the raw value, so that they are found beside the shape's own
 * mistakes and not one round later; whatever has the wrong type is passed over here.
 */
export function inconsistencies(value: unknown, manifests: readonly WrittenManifest[]): Finding[] {
  const root = record(value);
  return [
    ...nodeFindings(root),
    ...orderFindings(root),
    ...deadFindings(root),
    ...migrationFindings(root),
    ...variableFindings(root),
    ...bgpFindings(root),
    ...poolFindings(root),
    ...calicoFindings(root, manifests),
    ...policyFindings(root, manifests),
    ...expectationFindings(root),
    ...verifyFindings(root),
    ...sshFindings(root),
  ];
}

/** kubespray keeps the first control-plane and etcd node for good, and new ones must come last: that is said, not guessed. */
function orderFindings(root: Raw): Finding[] {
  const members = Object.entries(record(root.nodes))
    .filter(([, node]) => list(record(node).roles).some((role) => role === 'control-plane' || role === 'etcd'))
    .map(([name]) => name)
    .sort();
  const { order } = record(root.kubespray);
  const at = 'kubespray.order';
  if (order === undefined) {
    if (members.length < 2) return [];
    const hint = `Write them in the order they joined, e.g. order: [${members.join(', ')}]; new ones go last.`;
    return [
      refused('order-missing', at, `there are ${members.length} control-plane or etcd nodes, and no order`, hint),
    ];
  }
  const named = list(order);
  if (!Array.isArray(order) || !named.every((name) => typeof name === 'string')) return [];
  const wrong = named.filter((name, i) => !members.includes(name) || named.indexOf(name) !== i);
  const left = members.filter((name) => !named.includes(name));
  if (wrong.length === 0 && left.length === 0) return [];
  const message = [
    ...(wrong.length > 0 ? [`${wrong.join(', ')} is there twice or is no control-plane or etcd node`] : []),
    ...(left.length > 0 ? [`${left.join(', ')} is not in it`] : []),
  ].join('; ');
  return [refused('order-wrong', at, message, `Name each of ${members.join(', ')} once, in the order they joined.`)];
}

/** A host is there, or it is gone for good. */
function deadFindings(root: Raw): Finding[] {
  const nodes = record(root.nodes);
  return list(record(root.kubespray).removeDead).flatMap((name, i) =>
    typeof name === 'string' && Object.hasOwn(nodes, name)
      ? [
          refused(
            'dead-node-declared',
            `kubespray.removeDead[${i}]`,
            `${name} is one of the nodes, and shall be gone for good`,
            `Take nodes.${name} out, or this name.`,
          ),
        ]
      : [],
  );
}

function migrationFindings(root: Raw): Finding[] {
  const { from } = record(record(root.migrate).encapsulation);
  const { encapsulation: to } = record(root.network);
  if (from === undefined || to === undefined) return [];
  const ways = [from, to].map(wayOf);
  if (ways[0] !== ways[1] || ways[0] === undefined) return [];
  const hint = 'Leave migrate.encapsulation out, or change network.encapsulation to what the cluster shall have.';
  const message = 'the cluster shall go over to the encapsulation that it is said to have';
  return [refused('migration-to-the-same', 'migrate.encapsulation.from', message, hint)];
}

/** The way alone: VNI and port change without a migration. */
function wayOf(encapsulation: unknown): string | undefined {
  const { ipip, vxlan } = record(encapsulation);
  if (typeof ipip === 'string') return `ipip ${ipip}`;
  if (typeof vxlan === 'string') return `vxlan ${vxlan}`;
  return encapsulation === 'none' ? 'none' : undefined;
}

/** Ansible stops at a name that it cannot use as a variable. */
function variableFindings(root: Raw): Finding[] {
  return Object.keys(record(record(root.kubespray).extraVariables))
    .filter((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    .map((name) =>
      refused(
        'bad-variable-name',
        `kubespray.extraVariables.${name}`,
        `“${name}” is no name of an Ansible variable`,
        'Use letters, digits and underscores, and begin with no digit.',
      ),
    );
}

function sshFindings(root: Raw): Finding[] {
  const { hostKey } = record(root.ssh);
  if (hostKey === undefined || hostKey === 'accept-new') return [];
  return [
    refused(
      'shared-host-key',
      'ssh.hostKey',
      'one host key cannot be that of every node',
      'Write it at nodes.<name>.ssh.hostKey (`calispray keyscan` does), or use ssh.knownHosts.',
    ),
  ];
}
