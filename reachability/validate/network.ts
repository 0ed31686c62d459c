/** Network sets, host endpoints, pools and reservations (validator.go validateHostEndpointSpec, validateIPPoolSpec, CRDs). */
import { fields, list, text, texts } from '../raw.ts';
import { always, bool, entry, int, listOf, oneOf, type Rule, str, struct } from './checks.ts';
import { metadata } from './meta.ts';
import { isSet, protocol } from './rule.ts';
import { address, cidr, cidrOrAddress, name, net, netInterface, portName, readNet, selector } from './texts.ts';

const noNamespaceLabel: Rule = ({ metadata: meta }, at) => [
  'projectcalico.org/namespace' in fields(fields(meta).labels) &&
    `${at}.metadata.labels: projectcalico.org/namespace is Calico's own`,
];

export const networkSet = struct(
  { metadata: metadata(), spec: struct({ nets: listOf(entry(cidrOrAddress)) }) },
  noNamespaceLabel,
);

const endpointPort = struct(
  { name: str({ pointer: true }, portName), protocol, port: int({ min: 1, max: 65535, pointer: true }) },
  (value, at) => [
    !isSet(value.name) && `${at}.name must be set`,
    !isSet(value.port) && `${at}.port must be set`,
    !['TCP', 'UDP', 'SCTP', 'tcp', 'udp', 'sctp', 6, 17, 132, '6', '17', '132'].includes(value.protocol as string) &&
      `${at}.protocol must be TCP, UDP or SCTP`,
  ],
);

export const hostEndpoint = struct({
  metadata: metadata(),
  spec: always(
    struct(
      {
        node: str({ longest: 253 }, name),
        interfaceName: str({ longest: 15 }, netInterface),
        expectedIPs: listOf(entry(address)),
        profiles: listOf(entry(name)),
        ports: listOf(always(endpointPort)),
      },
      (spec, at) => [
        text(spec.interfaceName) === '' &&
          list(spec.expectedIPs).length === 0 &&
          `${at}: interfaceName or expectedIPs must be set`,
        text(spec.node) === '' && `${at}.node must be set`,
      ],
    ),
  ),
});

const mode = str({}, oneOf('Always', 'CrossSubnet', 'Never'));

const poolRules: Rule = (spec, at) => {
  const uses = texts(spec.allowedUses);
  const balancer = uses.includes('LoadBalancer');
  const read = readNet(text(spec.cidr));
  const ipip = isOn(spec.ipipMode);
  const vxlan = isOn(spec.vxlanMode);
  const size = Number(spec.blockSize ?? 0) || (read?.family === 6 ? 122 : 26);
  return [
    text(spec.cidr) === '' && `${at}.cidr must be set`,
    read?.family === 6 && spec.ipipMode !== 'Never' && `${at}.ipipMode of an IPv6 pool must be Never`,
    ipip && vxlan && `${at}: ipipMode and vxlanMode cannot both be on`,
    balancer && (ipip || vxlan) && `${at}: a pool for load balancers has no encapsulation`,
    read !== undefined &&
      spec.disabled !== true &&
      read.prefix > size &&
      `${at}.cidr is smaller than one block (/${size})`,
    read !== undefined && linkLocal(read) && `${at}.cidr overlaps with link-local addresses`,
    balancer &&
      uses.length > 1 &&
      uses.some((use) => use !== 'LoadBalancer') &&
      `${at}.allowedUses: LoadBalancer stands alone`,
    balancer && spec.disableBGPExport === true && `${at}: a pool for load balancers is exported over BGP`,
    balancer && spec.nodeSelector !== 'all()' && `${at}.nodeSelector of a pool for load balancers must be all()`,
    uses.includes('Tunnel') && text(spec.namespaceSelector) !== '' && `${at}: tunnels have no namespace to select`,
    ...(['nodeSelector', 'namespaceSelector'] as const).map(
      (field) => text(spec[field]).includes('global(') && `${at}.${field}: global() is not for pools`,
    ),
  ];
};

function isOn(value: unknown): boolean {
  return value === 'Always' || value === 'CrossSubnet';
}

/** 169.254.0.0/16 and fe80::/10, whether the pool lies in them or holds them. */
function linkLocal({ family, address: { words }, prefix }: NonNullable<ReturnType<typeof readNet>>): boolean {
  const [own, bits] = family === 4 ? [0xa9fe0000, 16] : [0xfe800000, 10];
  const shared = Math.min(prefix, bits);
  return shared === 0 || (words[0] as number) >>> (32 - shared) === own >>> (32 - shared);
}

export const ipPool = struct({
  metadata: metadata(),
  spec: always(
    struct(
      {
        cidr: str({ longest: 48 }, net, cidr),
        vxlanMode: mode,
        ipipMode: mode,
        natOutgoing: bool,
        disabled: bool,
        disableBGPExport: bool,
        blockSize: int({ min: 0, max: 128 }),
        nodeSelector: str({}, selector),
        namespaceSelector: str({}, selector),
        allowedUses: listOf(entry(oneOf('Workload', 'Tunnel', 'LoadBalancer')), { most: 10 }),
        assignmentMode: str({ pointer: true }, oneOf('Automatic', 'Manual')),
      },
      poolRules,
    ),
  ),
});

export const ipReservation = struct({
  metadata: metadata(),
  spec: struct({ reservedCIDRs: listOf(entry(cidrOrAddress)) }),
});
