import type { Draft } from './draft.ts';
import { isTemplate, placeText, show } from './given.ts';
import type { Reading } from './reading.ts';

const MODES = { Always: 'always', CrossSubnet: 'cross-subnet', Never: 'never' } as const;
type Mode = (typeof MODES)[keyof typeof MODES];

const CHECK = 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml';

/** How packets travel: encapsulation, data plane, IPAM, autodetection of addresses. The MTU comes last, in mtu.ts. */
export function readTransport(reading: Reading, draft: Draft, isDualStack: boolean): void {
  const kind = readEncapsulation(reading, draft);
  const plain6 = isDualStack && readEncapsulation6(reading, draft);
  checkBackend(reading, kind, plain6);
  readDataplane(reading, draft);
  readIpam(reading, draft, isDualStack);
  readAutodetection(reading, draft, 'calico_ip_auto_method', 'network.autodetection');
  if (isDualStack) readAutodetection(reading, draft, 'calico_ip6_auto_method', 'network.ipv6.autodetection');
}

type Kind = 'ipip' | 'vxlan' | 'none';

function readEncapsulation(reading: Reading, draft: Draft): Kind {
  const ipip: Mode = reading.oneOf('calico_ipip_mode', MODES) ?? 'never';
  const written: Mode | undefined = reading.oneOf('calico_vxlan_mode', MODES);
  const vxlan = written ?? 'always';
  const kind = chosen(reading, ipip, written);
  if (kind === 'none') draft.set('network.encapsulation', 'none');
  if (kind === 'ipip') draft.set('network.encapsulation', { ipip });
  if (kind !== 'vxlan') {
    reading.without('calico_vxlan_vni', 4096, 'there is no VXLAN');
    reading.without('calico_vxlan_port', 4789, 'there is no VXLAN');
    return kind;
  }
  const [vni, port] = [reading.int('calico_vxlan_vni') ?? 4096, reading.int('calico_vxlan_port') ?? 4789];
  draft.set('network.encapsulation', { vxlan, ...(vni === 4096 ? {} : { vni }), ...(port === 4789 ? {} : { port }) });
  return kind;
}

/** One of the two; kubespray stops where both are on, which is so where IPIP alone is written. */
function chosen(reading: Reading, ipip: Mode, vxlan: Mode | undefined): Kind {
  if (ipip === 'never') return vxlan === 'never' ? 'none' : 'vxlan';
  if (vxlan === 'never') return 'ipip';
  const [ipipPlace, vxlanPlace] = [reading.placeOf('calico_ipip_mode'), reading.placeOf('calico_vxlan_mode')];
  const kind =
    vxlan === undefined || reading.placeOf('calico_network_backend') === undefined || isBird(reading)
      ? 'ipip'
      : 'vxlan';
  const beside =
    vxlan === undefined
      ? 'calico_vxlan_mode is not written, and Always by default'
      : `calico_vxlan_mode is on too${vxlanPlace === undefined ? '' : ` (${placeText(vxlanPlace)})`}`;
  reading.say(
    ipipPlace ?? vxlanPlace ?? 'network.encapsulation',
    'refused',
    'encapsulation-exclusive',
    `calico_ipip_mode is on, and ${beside}: kubespray stops at two encapsulations`,
    `${kind.toUpperCase()} is taken; Calispray writes all the variables that belong to it.`,
    `${CHECK}:123`,
  );
  return kind;
}

function isBird(reading: Reading): boolean {
  return reading.shared('calico_network_backend')?.value === 'bird';
}

/** Whether IPv6 goes without encapsulation. */
function readEncapsulation6(reading: Reading, draft: Draft): boolean {
  const ipip = reading.oneOf('calico_ipip_mode_ipv6', MODES) ?? 'never';
  if (ipip !== 'never') {
    reading.say(
      reading.placeOf('calico_ipip_mode_ipv6') ?? 'network.ipv6',
      'refused',
      'ipv6-ipip',
      'calico_ipip_mode_ipv6 is on, and Calico has no IPIP for IPv6',
      'It is dropped.',
      `${CHECK}:232`,
    );
  }
  const vxlan = reading.oneOf('calico_vxlan_mode_ipv6', MODES) ?? 'always';
  draft.set('network.ipv6.encapsulation', vxlan === 'never' ? 'none' : { vxlan });
  return vxlan === 'never';
}

/** The backend is derived here; where that changes what runs, it is said. */
function checkBackend(reading: Reading, kind: Kind, plain6: boolean): void {
  const written = reading.oneOf('calico_network_backend', { bird: 'bird', vxlan: 'vxlan', none: 'none' });
  const backend = written ?? 'vxlan';
  const place =
    reading.placeOf('calico_network_backend') ?? reading.placeOf('calico_ipip_mode') ?? 'network.encapsulation';
  const needsBird = kind !== 'vxlan' || plain6;
  const what =
    kind === 'ipip' ? 'IPIP' : plain6 && kind === 'vxlan' ? 'IPv6 without encapsulation' : 'no encapsulation';
  if (needsBird && backend !== 'bird') {
    const said =
      written === undefined
        ? 'calico_network_backend is not written, and vxlan by default'
        : `calico_network_backend is ${backend}`;
    reading.say(
      place,
      'harmful',
      'encapsulation-backend',
      `${what} needs BIRD, and ${said}: no route gets to another node`,
      'Calispray writes bird.',
      'kubespray v2.31.0 docs/CNI/calico.md:245',
    );
  } else if (!needsBird && backend !== 'vxlan') {
    reading.say(
      place,
      backend === 'none' ? 'harmful' : 'advice',
      'backend-derived',
      `calico_network_backend is ${backend}, and a stack file has no field for it`,
      'Calispray writes bird where BGP is declared (network.bgp) and vxlan otherwise; look at `calispray check` after the import.',
    );
  }
}

function readDataplane(reading: Reading, draft: Draft): void {
  const ebpf = reading.bool('calico_bpf_enabled') ?? false;
  if (ebpf) {
    const mode = reading.oneOf('calico_bpf_service_mode', { Tunnel: 'tunnel', DSR: 'dsr' }) ?? 'tunnel';
    const level =
      reading.oneOf('calico_bpf_log_level', { '': 'off', Off: 'off', Info: 'info', Debug: 'debug' }) ?? 'off';
    const more = {
      ...(mode === 'tunnel' ? {} : { serviceMode: mode }),
      ...(level === 'off' ? {} : { logLevel: level }),
    };
    draft.set('network.dataplane', Object.keys(more).length === 0 ? 'ebpf' : { ebpf: more });
  } else {
    reading.without('calico_bpf_service_mode', 'Tunnel', 'calico_bpf_enabled is not true');
    reading.without('calico_bpf_log_level', '', 'calico_bpf_enabled is not true');
  }
  const nftables = reading.oneOf('calico_nftable_mode', { Disabled: false, Enabled: true }) ?? false;
  if (nftables && !ebpf) draft.set('network.dataplane', 'nftables');
  if (nftables && ebpf) reading.without('calico_nftable_mode', 'Disabled', 'eBPF is on');
  if (nftables || ebpf) {
    reading.without('calico_iptables_backend', 'Auto', 'the data plane is another');
    reading.without('calico_iptables_lock_timeout_secs', 10, 'the data plane is another');
    return;
  }
  const backend = reading.oneOf('calico_iptables_backend', { Auto: 'auto', Legacy: 'legacy', NFT: 'nft' }) ?? 'auto';
  const lock = reading.int('calico_iptables_lock_timeout_secs') ?? 10;
  const iptables = { ...(backend === 'auto' ? {} : { backend }), ...(lock === 10 ? {} : { lockTimeoutSeconds: lock }) };
  if (Object.keys(iptables).length > 0) draft.set('network.dataplane', { iptables });
}

function readIpam(reading: Reading, draft: Draft, isDualStack: boolean): void {
  if (reading.bool('calico_ipam_host_local') === true) {
    const [prefix, prefix6] = [
      reading.int('kube_network_node_prefix') ?? 24,
      (isDualStack ? reading.int('kube_network_node_prefix_ipv6') : undefined) ?? 120,
    ];
    const more = {
      ...(prefix === 24 ? {} : { nodePrefix: prefix }),
      ...(prefix6 === 120 ? {} : { nodePrefix6: prefix6 }),
    };
    draft.set('network.ipam', Object.keys(more).length === 0 ? 'host-local' : { 'host-local': more });
    for (const [name, fallback] of IPAM) reading.without(name, fallback, 'addresses come from the nodes’ own ranges');
    return;
  }
  reading.without('kube_network_node_prefix', 24, "Calico's IPAM takes blocks of the pool");
  reading.without('kube_network_node_prefix_ipv6', 120, "Calico's IPAM takes blocks of the pool");
  const strict = reading.bool('calico_ipam_strictaffinity') ?? false;
  const allocate = reading.bool('calico_ipam_autoallocateblocks') ?? true;
  const most = reading.int('calico_ipam_maxblocksperhost') ?? 0;
  const calico = {
    ...(strict ? { strictAffinity: true } : {}),
    ...(allocate ? {} : { autoAllocateBlocks: false }),
    ...(most === 0 ? {} : { maxBlocksPerHost: most }),
  };
  if (Object.keys(calico).length > 0) draft.set('network.ipam', { calico });
}

const IPAM = [
  ['calico_ipam_strictaffinity', false],
  ['calico_ipam_autoallocateblocks', true],
  ['calico_ipam_maxblocksperhost', 0],
] as const;

/** kubespray's own way is can-reach the node's address (kubespray v2.31.0 templates/calico-node.yml.j2:304-310). */
function readAutodetection(reading: Reading, draft: Draft, name: string, field: string): void {
  const given = reading.take(name);
  if (given === undefined || given.value === '' || isTemplate(given.value)) return;
  const text = String(given.value);
  const [, method = '', value = ''] = /^([a-z-]+)=(.*)$/s.exec(text) ?? [];
  if (text === 'can-reach=$(NODEIP)') return;
  if (text === 'first-found' || text === 'kubernetes-internal-ip') draft.set(field, text);
  else if (method === 'can-reach') draft.set(field, { canReach: value });
  else if (method === 'interface') draft.set(field, { interface: value });
  else if (method === 'skip-interface') draft.set(field, { skipInterface: value });
  else if (method === 'cidr') draft.set(field, { cidr: value.split(',').map((range) => range.trim()) });
  else {
    reading.wrong(
      name,
      show(given.value),
      given.place,
      'can-reach=, interface=, skip-interface=, cidr=, first-found or kubernetes-internal-ip',
    );
  }
}
