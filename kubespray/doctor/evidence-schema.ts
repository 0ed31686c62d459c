/** The evidence as it is checked when somebody else hands it over: a node, or a file. Fields that are not named here are left out. */
import { z } from 'zod';
import type { ApiEvidence, Evidence, NodeEvidence, PathSeen } from './types.ts';

const text = z.string();
const count = z.number();
const words = z.record(text, text);
const known = <T extends z.ZodType>(value: T) => z.union([z.object({ value }), z.object({ unknown: text })]);

const link = z.object({ name: text, kind: text, mtu: count, up: z.boolean(), addresses: z.array(text) });

const route = z.object({
  to: text,
  via: text.exactOptional(),
  device: text.exactOptional(),
  protocol: text.exactOptional(),
  type: text.exactOptional(),
});

const tunnel = z.object({
  device: text,
  address: text.nullable(),
  mtu: count,
  port: count.exactOptional(),
  vni: count.exactOptional(),
  checksumOffload: z.boolean().nullable(),
});

/** What a node's own answer has; clock and the pods' names come from elsewhere. */
const told = {
  links: z.array(link),
  routes: z.array(route),
  sysctl: words,
  active: z.array(text),
  networkManagerLeavesCalico: z.boolean().nullable(),
  iptables: z.object({ backend: text.nullable(), legacy: count, nft: count }),
  drops: z.array(text),
  bird: z.array(
    z.object({ family: z.union([z.literal(4), z.literal(6)]), problem: text.nullable(), lines: z.array(text) }),
  ),
  tunnels: z.array(tunnel),
  wireguard: z.array(z.object({ endpoint: text, handshake: count.nullable(), received: count, sent: count })),
  pods: z.array(z.object({ name: text.nullable(), address: text, mtu: count, hostMtu: count.nullable() })),
  listening: z.array(text),
  calico: z.object({ mtu: count.nullable(), nodename: text.nullable() }),
  clusterDns: z.array(text),
  log: z.array(text),
  api: z.object({ url: text, ok: z.boolean(), said: text }).nullable(),
};

export const nodeAnswer = z.object({ ...told, lab: z.boolean(), synchronized: z.boolean().nullable() });
export type NodeAnswer = z.infer<typeof nodeAnswer>;

const clock = z.object({ ahead: count, within: count, synchronized: z.boolean().nullable() });
const nodeEvidence: z.ZodType<NodeEvidence> = z.object({ clock, ...told });

const ports = z.record(text, z.enum(['open', 'refused', 'silent']));
/** A node does not know what others call it. */
const pathFields = {
  layer: z.enum(['node', 'pod']),
  to: text,
  fromAddress: text,
  toAddress: text,
  small: text,
  largest: count.nullable(),
  promised: count,
  told: count.nullable(),
  tcp: z.enum(['answered', 'silent']),
  udp: z.enum(['answered', 'silent']),
  ports,
};
export const pathsAnswer = z.object({ paths: z.array(z.object(pathFields)), problems: z.array(text) });
const path: z.ZodType<PathSeen> = z.object({ ...pathFields, from: text });

const anything = z.record(text, z.unknown());
const objects = z.array(z.object({ name: text, spec: anything }));
const held = z.object({ address: text, handle: text, pod: text.exactOptional(), node: text.exactOptional() });

const api: z.ZodType<ApiEvidence> = z.object({
  kubernetes: text,
  nodes: z.array(
    z.object({
      name: text,
      ready: z.boolean().nullable(),
      internal: z.array(text),
      annotations: words,
      labels: words,
    }),
  ),
  pods: z.array(z.object({ pod: text, node: text, phase: text, ready: z.boolean(), restarts: count, why: text })),
  daemonSets: z.record(text, z.object({ desired: count, ready: count })),
  addresses: z.array(z.object({ pod: text, node: text, address: text, labels: words.exactOptional() })),
  waiting: z.array(z.object({ pod: text, node: text, why: text })),
  pools: objects,
  felix: objects,
  bgp: objects,
  peers: objects,
  blocks: z.array(z.object({ cidr: text, node: text.nullable(), held: z.array(held), size: count })),
  policies: z.array(anything),
  namespaces: z.array(z.object({ name: text, labels: words })),
});

export const apiAnswer = z.union([z.object({ unknown: text }), api]);

export const evidenceSchema: z.ZodType<Evidence> = z.object({
  version: z.literal(1),
  at: text,
  declared: z.unknown(),
  nodes: z.record(text, known(nodeEvidence)),
  api: known(api),
  paths: z.array(path),
  unmeasured: z.array(z.object({ what: text, why: text })).exactOptional(),
  lab: z.boolean(),
});
