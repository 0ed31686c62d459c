import fc from 'fast-check';
import { edited } from './stacks.ts';

const mode = fc.constantFrom('always', 'cross-subnet');

/** What `network` may say of how packets travel, IPv4 alone. */
export const network = fc.record({
  encapsulation: fc.oneof(fc.constant('none' as const), fc.record({ ipip: mode }), fc.record({ vxlan: mode })),
  wireguard: fc.boolean(),
  dataplane: fc.constantFrom('iptables', 'nftables', 'ebpf'),
});

/** A stack's cluster with a second address family; `change` is to `network`, and to what `ipv6` says. */
export function dualStack(
  value: object,
  change: Record<string, unknown> & { readonly ipv6?: object } = {},
): Record<string, unknown> {
  const { nodes } = value as { nodes: Record<string, object> };
  const { ipv6, ...rest } = change;
  return edited(value, {
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([name, node], i) => [name, { ...node, address6: `fd00:4::${i + 1}` }]),
    ),
    network: {
      ...rest,
      ipv6: { nodes: 'fd00:4::/64', pods: 'fd00:244::/56', services: 'fd00:233::/116', encapsulation: 'none', ...ipv6 },
    },
  });
}
