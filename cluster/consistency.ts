import { bgpFindings } from './bgp-consistency.ts';
import { calicoFindings } from './calico-consistency.ts';
import type { Finding } from './finding.ts';
import { nodeFindings } from './node-consistency.ts';
import { policyFindings } from './policy-consistency.ts';
import { poolFindings } from './pool-consistency.ts';
import { list, type Raw, record, refused } from './raw.ts';

/**
 * Mistakes that only show across fields. They look at the raw value, so that they are found beside the shape's own
 * mistakes and not one round later; whatever has the wrong type is passed over here.
 */
export function inconsistencies(value: unknown): Finding[] {
  const root = record(value);
  return [
    ...nodeFindings(root),
    ...orderFindings(root),
    ...variableFindings(root),
    ...bgpFindings(root),
    ...poolFindings(root),
    ...calicoFindings(root),
    ...policyFindings(root),
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
