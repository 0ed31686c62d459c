import { z } from 'zod';
import { isAddress, range, withoutHostBits } from './cidr.ts';

/**
 * The shape of a stack file's `calispray:cluster`. Cross-field defaults are filled by resolve.ts; what can only be seen
 * across fields (two nodes with one address) is in consistency.ts; whether it makes a working cluster is for the rules.
 */

/** A check of one text: the problem, or undefined. `params` carry code and hint to the finding. */
function text(problem: (value: string) => { code: string; message: string; hint: string } | undefined) {
  return z.string().superRefine((value, ctx) => {
    const found = problem(value);
    if (found !== undefined) {
      ctx.addIssue({ code: 'custom', message: found.message, params: { code: found.code, hint: found.hint } });
    }
  });
}

const address = text((value) =>
  isAddress(value)
    ? undefined
    : {
        code: 'bad-address',
        message: `“${value}” is not an IPv4 address`,
        hint: 'Write four decimal numbers: 192.168.4.63.',
      },
);

const cidr = text((value) => {
  if (range(value) === undefined) {
    return {
      code: 'bad-range',
      message: `“${value}” is not an IPv4 range`,
      hint: 'Write it in CIDR notation: 10.244.0.0/16.',
    };
  }
  const network = withoutHostBits(value);
  if (network === value) return undefined;
  return {
    code: 'host-bits',
    message: `“${value}” names an address inside its range, not the range`,
    hint: `Write ${network}.`,
  };
});

/** kubespray v2.31.0 roles/kubernetes/preinstall/tasks/0040-verify-settings.yml “Stop if bad hostname”, and DNS's 63. */
const dnsName = text((value) =>
  value.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(value)
    ? undefined
    : {
        code: 'bad-name',
        message: `“${value}” is not a DNS label`,
        hint: 'Use lower case letters, digits and inner hyphens, 63 at most.',
      },
);

/** One authorized_keys-style line, without options. */
const hostKey = text((value) =>
  value === 'accept-new' ||
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com) [A-Za-z0-9+/]{40,}={0,3}( .*)?$/.test(
    value,
  )
    ? undefined
    : {
        code: 'bad-host-key',
        message: `“${value.slice(0, 24)}…” is not a host key`,
        hint: 'Write the whole line (`ssh-ed25519 AAAA…`) that `calispray keyscan` gives, or accept-new.',
      },
);

const port = z.int().min(1).max(65535);
const nonEmpty = z.string().min(1);
const labels = z.record(nonEmpty, z.string());

const ssh = z.strictObject({
  user: nonEmpty.optional(),
  port: port.optional(),
  hostKey: hostKey.optional(),
  key: nonEmpty.optional(),
  agent: z.boolean().optional(),
  knownHosts: nonEmpty.optional(),
});

const node = z.strictObject({
  address,
  roles: z.array(z.enum(['control-plane', 'etcd', 'worker'])).min(1),
  ssh: ssh.prefault({}),
});

const kubespray = z.strictObject({
  version: nonEmpty.default('v2.31.0'),
  source: z
    .strictObject({ git: nonEmpty.optional(), path: nonEmpty.optional() })
    .refine((s) => (s.git === undefined) !== (s.path === undefined), {
      message: 'source needs exactly one of git and path',
      params: {
        code: 'bad-source',
        hint: 'Write { git: URL }, or { path: FOLDER OR TAR } for a controller without internet.',
      },
    })
    .prefault({ git: 'https://github.com/kubernetes-sigs/kubespray.git' }),
  controller: z.string().optional(),
  order: z.array(nonEmpty).optional(),
  extraVariables: z.record(nonEmpty, z.unknown()).default({}),
});

const mode = z.enum(['always', 'cross-subnet']);
const encapsulation = z.union([z.literal('none'), z.strictObject({ ipip: mode }), z.strictObject({ vxlan: mode })]);

const network = z.strictObject({
  nodes: cidr,
  interfaceMtu: z.int().min(576).max(65535).default(1500),
  pods: cidr.default('10.233.64.0/18'),
  services: cidr.default('10.233.0.0/18'),
  pool: z
    .strictObject({
      name: dnsName.default('default-pool'),
      cidr: cidr.optional(),
      blockSize: z.int().min(0).max(32).default(26),
      natOutgoing: z.boolean().default(true),
    })
    .prefault({}),
  encapsulation,
  mtu: z.union([z.literal('auto'), z.int().min(68).max(65535)]).default('auto'),
  bgp: z.strictObject({ as: z.int().min(1).max(4294967295).default(64512) }).prefault({}),
  wireguard: z.boolean().default(false),
  dns: z
    .strictObject({ nodeLocalCache: z.boolean().default(true), address: address.default('169.254.25.10') })
    .prefault({}),
});

const policyObject = z.strictObject({
  apiVersion: z.enum(['networking.k8s.io/v1', 'projectcalico.org/v3']),
  kind: z.enum(['NetworkPolicy', 'GlobalNetworkPolicy']),
  metadata: z.strictObject({ name: nonEmpty, namespace: dnsName.optional() }),
  spec: z.record(z.string(), z.unknown()),
});

const policies = z.strictObject({
  namespaces: z.array(dnsName).default([]),
  defaultDenyIngress: z.array(dnsName).default([]),
  allowDns: z.array(dnsName).default([]),
  allowPrometheusScraping: z
    .array(
      z.strictObject({
        namespace: dnsName,
        pods: labels,
        from: z.strictObject({ namespace: dnsName, pods: labels }),
        port,
      }),
    )
    .default([]),
  allowClusterInternal: z
    .strictObject({
      order: z.number().default(100),
      nets: z.array(cidr).min(1).optional(),
      except: z.array(dnsName).optional(),
    })
    .optional(),
  extra: z.array(policyObject).default([]),
});

export const clusterSchema = z.strictObject({
  apiVersion: z.literal('calispray/v1'),
  name: dnsName,
  kubespray: kubespray.prefault({}),
  ssh: ssh.prefault({}),
  nodes: z.record(dnsName, node),
  network,
  felix: z
    .strictObject({
      metrics: z.strictObject({ enabled: z.boolean().default(true), port: port.default(9091) }).prefault({}),
    })
    .prefault({}),
  policies: policies.prefault({}),
  monitoring: z.enum(['prometheus', 'none']).default('prometheus'),
});

/** What the schema gives: shape right, defaults of single fields filled. */
export type Written = z.output<typeof clusterSchema>;
