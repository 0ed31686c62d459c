/** BGPPeer, BGPConfiguration and BGPFilter (validator.go validateBGPPeerSpec, validateBGPConfigurationSpec, CRDs). */
import { parseAddress } from '../address.ts';
import { fields, list, text, texts } from '../raw.ts';
import { bool, type Check, entry, int, like, listOf, oneOf, type Rule, str, struct, type TextTest } from './checks.ts';
import { duration } from './duration.ts';
import { metadata } from './meta.ts';
import { isSet } from './rule.ts';
import {
  address,
  address4,
  address6,
  cidr,
  ignoredInterface,
  name,
  net,
  net4,
  net6,
  peerAddress,
  peerHost,
  selector,
} from './texts.ts';

/** `64512`, `"64512"` or `"1.10"`. */
export const asNumber: Check = (value, at) =>
  isSet(value) && asNumberOf(value) === undefined ? [`${at}: ${JSON.stringify(value)} is no AS number`] : [];

function asNumberOf(value: unknown): number | undefined {
  const dotted = typeof value === 'string' ? /^(\d+)\.(\d+)$/.exec(value) : null;
  if (dotted !== null) {
    const [high, low] = [Number(dotted[1]), Number(dotted[2])];
    return high > 65535 || low > 65535 ? undefined : high * 65536 + low;
  }
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 0xffffffff
    ? number
    : undefined;
}

const password = struct({ secretKeyRef: struct({ name: str({}), key: str({}), optional: bool }) });
const enabled = oneOf('Enabled', 'Disabled');
const priority = int({ min: 1, max: 2147483646, pointer: true });

const peerRules: Rule = (spec, at) => {
  const has = (field: string) => text(spec[field]) !== '';
  const as = asNumberOf(spec.asNumber ?? 0) ?? 0;
  const both = (a: string, b: string) => has(a) && has(b) && `${at}: ${a} and ${b} cannot both be set`;
  const through = text(spec.reachableBy);
  const peer = peerHost(text(spec.peerIP));
  return [
    both('node', 'nodeSelector'),
    both('peerIP', 'peerSelector'),
    both('peerIP', 'localWorkloadSelector'),
    both('peerSelector', 'localWorkloadSelector'),
    has('peerSelector') && as !== 0 && `${at}.asNumber must be left out with peerSelector`,
    has('localWorkloadSelector') && as === 0 && `${at}.asNumber is needed with localWorkloadSelector`,
    through !== '' &&
      parseAddress(through)?.family !== peer?.family &&
      `${at}.reachableBy must be an address of peerIP's family`,
    spec.keepOriginalNextHop === true &&
      isSet(spec.nextHopMode) &&
      `${at}: keepOriginalNextHop and nextHopMode cannot both be set`,
  ];
};

export const bgpPeer = struct({
  metadata: metadata(),
  spec: struct(
    {
      node: str({ longest: 253 }, name),
      nodeSelector: str({ longest: 4096 }, selector),
      peerIP: str({ longest: 64 }, peerAddress),
      asNumber,
      localASNumber: asNumber,
      peerSelector: str({ longest: 4096 }, selector),
      keepOriginalNextHop: bool,
      nextHopMode: str({ pointer: true }, oneOf('Auto', 'Self', 'Keep')),
      password,
      sourceAddress: str({}, oneOf('UseNodeIP', 'None')),
      maxRestartTime: duration(),
      keepaliveTime: duration(),
      numAllowedLocalASNumbers: int({ min: -2147483648, max: 2147483647, pointer: true }),
      ttlSecurity: int({ min: 0, max: 255, pointer: true }),
      reachableBy: str({}, address),
      filters: listOf(entry(name)),
      localWorkloadSelector: str({ longest: 4096 }, selector),
      reversePeering: str({ pointer: true }, oneOf('Auto', 'Manual')),
    },
    peerRules,
  ),
});

/** `64512:120` of 16 bits each, `64512:1:2` of 32 bits each. */
const community: TextTest = (value) => {
  const parts = /^\d+:\d+(:\d+)?$/.test(value) ? value.split(':') : [];
  const most = parts.length === 2 ? 0xffff : 0xffffffff;
  return parts.length > 0 && parts.every((part) => Number(part) <= most)
    ? undefined
    : 'is no community, as 64512:120 or 64512:1:2';
};

const block = struct({ cidr: str({}, net, cidr) });

const configurationRules: Rule = (spec, at) => {
  const communities = list(spec.communities).map(fields);
  const known = new Set(communities.map((c) => text(c.name)));
  const used = list(spec.prefixAdvertisements)
    .map(fields)
    .flatMap((p) => texts(p.communities));
  const meshOff = spec.nodeToNodeMeshEnabled === false;
  return [
    communities.length > 0 &&
      list(spec.prefixAdvertisements).length === 0 &&
      `${at}.communities are not used in prefixAdvertisements`,
    ...used.map((value) => {
      const wrong = community(value);
      const looksRight = /^\d+:\d+(:\d+)?$/.test(value);
      return (
        wrong !== undefined &&
        (looksRight || !known.has(value)) &&
        `${at}.prefixAdvertisements: ${value} ${wrong}, and none is so named`
      );
    }),
    ...(['nodeMeshPassword', 'nodeMeshMaxRestartTime'] as const).map(
      (field) => isSet(spec[field]) && meshOff && `${at}.${field} cannot be set without the mesh of the nodes`,
    ),
  ];
};

export const bgpConfiguration = struct({
  metadata: metadata(),
  spec: struct(
    {
      logSeverityScreen: str({}, oneOf('Trace', 'Debug', 'Info', 'Warning', 'Error', 'Fatal')),
      nodeToNodeMeshEnabled: bool,
      asNumber,
      serviceLoadBalancerIPs: listOf(block),
      serviceExternalIPs: listOf(block),
      serviceClusterIPs: listOf(block),
      serviceLoadBalancerAggregation: str({ pointer: true }, enabled),
      communities: listOf(struct({ name: str({ required: true }, name), value: str({ required: true }, community) })),
      prefixAdvertisements: listOf(
        struct({ cidr: str({ required: true }, net, cidr), communities: listOf(entry()) }, (p, at) => [
          !isSet(p.communities) && `${at}.communities must be set`,
        ]),
      ),
      listenPort: int({ min: 1, max: 65535 }),
      nodeMeshPassword: password,
      nodeMeshMaxRestartTime: duration(),
      bindMode: str({ pointer: true }, oneOf('None', 'NodeIP')),
      ignoredInterfaces: listOf(entry(ignoredInterface)),
      localWorkloadPeeringIPV4: str({}, address4),
      localWorkloadPeeringIPV6: str({}, address6),
      programClusterRoutes: str({ pointer: true }, enabled),
      ipv4NormalRoutePriority: priority,
      ipv6NormalRoutePriority: priority,
    },
    configurationRules,
  ),
});

const operations = listOf(
  struct(
    {
      addCommunity: struct({ value: str({ required: true, pointer: true }, community) }),
      prependASPath: struct({ prefix: listOf(asNumber, { least: 1, most: 10 }) }, (value, at) => [
        list(value.prefix).length === 0 && `${at}.prefix must be set`,
      ]),
      setPriority: struct({ value: priority }, (value, at) => [!isSet(value.value) && `${at}.value must be set`]),
    },
    (value, at) => [
      ['addCommunity', 'prependASPath', 'setPriority'].filter((field) => isSet(value[field])).length !== 1 &&
        `${at} must say one thing`,
    ],
  ),
  { least: 1, most: 10 },
);

function filterRule(nets: TextTest, bits: number, longest: number): Check {
  const length = int({ min: 0, max: bits, pointer: true });
  return struct(
    {
      cidr: str({ longest }, nets, cidr),
      prefixLength: struct({ min: length, max: length }),
      source: str({}, oneOf('RemotePeers')),
      interface: str({}, interfaceName),
      matchOperator: str({}, oneOf('Equal', 'NotEqual', 'In', 'NotIn')),
      peerType: str({}, oneOf('eBGP', 'iBGP')),
      communities: struct({ values: listOf(entry(community), { least: 1, most: 1 }) }, (value, at) => [
        list(value.values).length === 0 && `${at}.values must be set`,
      ]),
      asPathPrefix: listOf(asNumber),
      priority,
      action: str({ required: true }, oneOf('Accept', 'Reject')),
      operations,
    },
    (value, at) => [
      (text(value.cidr) !== '') !== (text(value.matchOperator) !== '') && `${at}: cidr and matchOperator go together`,
      isSet(value.prefixLength) && text(value.cidr) === '' && `${at}.prefixLength needs a cidr`,
      list(value.operations).length > 0 && value.action !== 'Accept' && `${at}.operations need the action Accept`,
    ],
  );
}

const interfaceName = like(/^[a-zA-Z0-9_.*-]{1,15}$/, "an interface's name of at most 15 characters");
const filter4 = listOf(filterRule(net4, 32, 18));
const filter6 = listOf(filterRule(net6, 128, 43));

export const bgpFilter = struct({
  metadata: metadata(),
  spec: struct({ exportV4: filter4, importV4: filter4, exportV6: filter6, importV6: filter6 }),
});
