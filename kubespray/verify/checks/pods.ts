/** Pods reach each other: on one node, and across nodes, with as much as the network promises. */
import { byFamily, type Checks, type Draft, familyOf, subjectOf } from '../ground.ts';
import { pairsOf } from '../pairs.ts';

export const sameNodeChecks: Checks = ({ nodes, network: { mtu: size }, families }) => {
  // One is enough: what differs between nodes is in the pairs.
  const node = nodes.find(({ roles }) => roles.includes('worker')) ?? nodes[0];
  if (node === undefined) return [];
  return families.map(
    (family): Draft => ({
      group: 'pods-same-node',
      subject: subjectOf(node.name, family),
      nodes: [node.name],
      sentence: `Two pods on ${node.name} reach each other with ${size} bytes that may not be broken up${byFamily(family)}.`,
      kind: 'pods-same-node',
      with: { node: node.name, size, ...familyOf(family) },
      expected: `answers to 84 and ${size} bytes, both ways`,
      seconds: 20,
    }),
  );
};

export const acrossNodesChecks: Checks = ({ nodes, network: { mtu: size }, families }) => {
  const { pairs, sampled } = pairsOf(nodes);
  const sample = sampled ? ` (one of ${pairs.length} pairs out of ${(nodes.length * (nodes.length - 1)) / 2})` : '';
  return families.flatMap((family) =>
    pairs.map(([a, b]): Draft => {
      const both = [a.name, b.name];
      return {
        group: 'pods-across-nodes',
        // No name of a node has a +: with a hyphen, two pairs could be called the same.
        subject: subjectOf(both.join('+'), family),
        nodes: both,
        sentence: `Pods on ${a.name} and ${b.name} reach each other with ${size} bytes that may not be broken up${byFamily(family)}${sample}.`,
        kind: 'pods-across-nodes',
        with: { nodes: both, size, ...familyOf(family) },
        expected: `answers to 84 and ${size} bytes, TCP and UDP, both ways`,
        seconds: 20,
      };
    }),
  );
};
