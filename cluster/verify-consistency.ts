import type { Finding } from './finding.ts';
import { nearest } from './nearest.ts';
import { list, type Raw, record, refused } from './raw.ts';
import { choiceIn, outsideIn } from './schema/verify.ts';

/** What only shows between the verification and the nodes. */
export function verifyFindings(root: Raw): Finding[] {
  const { optional, outside } = record(root.verify);
  const nodes = Object.keys(record(root.nodes));
  return [
    ...list(optional).flatMap((word, i) => {
      const node = typeof word === 'string' ? choiceIn(word)?.node : undefined;
      if (node === undefined || nodes.includes(node)) return [];
      const meant = nearest(node, nodes);
      return [
        refused(
          'unknown-node',
          `verify.optional[${i}]`,
          `no node is called ${node}`,
          meant === undefined ? `The nodes are ${nodes.slice(0, 8).join(', ')}.` : `Did you mean ${meant}?`,
        ),
      ];
    }),
    ...list(outside).flatMap((word, i) => {
      const address = typeof word === 'string' ? outsideIn(word)?.address : undefined;
      const ipv6 = record(root.network).ipv6;
      if (address === undefined || !address.includes(':') || ipv6 !== undefined) return [];
      return [
        refused(
          'no-ipv6',
          `verify.outside[${i}]`,
          `${address} is an address of IPv6, which the pods have none of`,
          'Leave it out, or declare network.ipv6.',
        ),
      ];
    }),
  ];
}
