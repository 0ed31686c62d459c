/** FelixConfiguration (api/pkg/apis/projectcalico/v3/felixconfig.go, validator.go validateFelixConfigSpec, CRD). */
import { portOf } from '../policy/policy.ts';
import { fields, isFields, list, text, texts } from '../raw.ts';
import {
  always,
  bool,
  type Check,
  entry,
  int,
  like,
  listOf,
  oneOf,
  type Rule,
  str,
  struct,
  type TextTest,
  textMap,
} from './checks.ts';
import { duration } from './duration.ts';
import { metadata } from './meta.ts';
import { isSet, port } from './rule.ts';
import {
  address4,
  address6,
  cidrOrAddress,
  interfaceFilter,
  keyValues,
  netInterface,
  prometheusHost,
  readNet,
  regexp,
} from './texts.ts';

/** The same check for each of the names. */
function each(names: string, check: Check): Record<string, Check> {
  return Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, check]),
  );
}

/** The CRD's pattern has one backslash too many, so that a fraction (`1.5s`) never fits. */
const plain = duration(/^([0-9]+(\\.[0-9]+)?(ms|s|m|h))*$/);
const text1 = str({});
const anyInt = int({ pointer: true });
const onOff = oneOf('Enabled', 'Disabled');
const mark = int({ min: 0, max: 0xffffffff, pointer: true });
const priority = int({ min: 1, max: 2147483646, pointer: true });
const level = str({}, oneOf('Trace', 'Debug', 'Info', 'Warning', 'Error', 'Fatal'));
const acceptReturn = str({}, oneOf('Accept', 'Return'));
const dropReject = str({}, oneOf('Drop', 'Reject'));
const cidrs = listOf(entry(cidrOrAddress));
const timeout = str({ pointer: true }, like(/^(([0-9]*(\.[0-9]*)?(ms|s|h|m|us)+)+|Auto)$/, 'a duration or Auto'));

const switches = each(
  `useInternalDataplaneDriver ipv6Support ipipEnabled vxlanEnabled allowVXLANPacketsFromWorkloads allowIPIPPacketsFromWorkloads
   endpointReportingEnabled disableConntrackInvalidCheck healthEnabled prometheusMetricsEnabled prometheusGoMetricsEnabled
   prometheusProcessMetricsEnabled prometheusWireGuardMetricsEnabled usageReportingEnabled removeExternalRoutes debugDisableLogDropping
   sidecarAccelerationEnabled xdpEnabled genericXDPEnabled bpfEnabled bpfDisableUnprivileged bpfConnectTimeLoadBalancingEnabled
   bpfKubeProxyIptablesCleanupEnabled bpfHostConntrackBypass bpfPolicyDebugEnabled flowLogsCollectorDebugTrace routeSyncDisabled
   wireguardEnabled wireguardEnabledV6 wireguardThreadingEnabled wireguardHostEncryptionEnabled requireMTUFile`,
  bool,
);
const numbers = each(
  `maxIpsetSize metadataPort ipipMTU vxlanMTU vxlanMTUV6 vxlanPort vxlanVNI healthPort prometheusMetricsPort deviceRouteProtocol
   bpfMapSizeNATFrontend bpfMapSizeNATBackend bpfMapSizeNATAffinity bpfMapSizeRoute bpfMapSizeConntrack bpfMapSizePerCpuConntrack
   bpfMapSizeIPSets bpfMapSizeIfState wireguardMTU wireguardMTUV6`,
  anyInt,
);
const durations = each(
  `routeRefreshInterval interfaceRefreshInterval iptablesRefreshInterval iptablesPostWriteCheckInterval iptablesLockProbeInterval
   ipsetsRefreshInterval xdpRefreshInterval netlinkTimeout reportingInterval reportingTTL endpointReportingDelay
   usageReportingInitialDelay usageReportingInterval debugSimulateCalcGraphHangAfter debugSimulateDataplaneHangAfter
   debugSimulateDataplaneApplyDelay bpfKubeProxyMinSyncPeriod flowLogsFlushInterval wireguardKeepAlive`,
  plain,
);
const texts1 = each(
  `dataplaneDriver metadataAddr interfacePrefix interfaceExclude logFilePath endpointStatusPathPrefix healthHost prometheusMetricsCAFile
   prometheusMetricsCertFile prometheusMetricsKeyFile policySyncPathPrefix debugMemoryProfilePath debugHost bpfCTLBLogFilter cgroupV2Path
   flowLogsGoldmaneServer`,
  text1,
);

const words = {
  ...each('logSeverityFile logSeverityScreen logSeveritySys', level),
  ...each(
    'iptablesFilterAllowAction iptablesMangleAllowAction nftablesFilterAllowAction nftablesMangleAllowAction',
    acceptReturn,
  ),
  ...each('iptablesFilterDenyAction nftablesFilterDenyAction', dropReject),
  ...each(
    'logDebugFilenameRegex bpfDataIfacePattern bpfL3IfacePattern bpfDisableGROForIfaces mtuIfacePattern',
    str({}, regexp),
  ),
  ...each('wireguardInterfaceName wireguardInterfaceNameV6', str({}, netInterface)),
  ...each('programClusterRoutes flowLogsLocalReporter', str({ pointer: true }, onOff)),
  ...each('ipForwarding bpfRedirectToPeer bpfProfiling', str({}, onOff)),
  iptablesBackend: str({ pointer: true }, oneOf('Legacy', 'NFT', 'Auto')),
  nftablesMode: str({ pointer: true }, oneOf('Disabled', 'Enabled', 'Auto')),
  chainInsertMode: str({}, like(/^(insert|append)?$/i, 'Insert or Append')),
  defaultEndpointToHostAction: str({}, oneOf('Drop', 'Accept', 'Return')),
  featureDetectOverride: str(
    {},
    keyValues,
    like(/^([a-zA-Z0-9-_]+=(true|false|),)*([a-zA-Z0-9-_]+=(true|false|))?$/, 'a list of feature=true|false'),
  ),
  featureGates: str(
    {},
    keyValues,
    like(/^([a-zA-Z0-9-_]+=([^=]+),)*([a-zA-Z0-9-_]+=([^=]+))?$/, 'a list of gate=value'),
  ),
  logPrefix: str({}, like(/^([a-zA-Z0-9%: /_-])*$/, 'a prefix of letters, digits and % : / _ -')),
  logActionRateLimit: str({ pointer: true }, like(/^[1-9]\d{0,3}\/(?:second|minute|hour|day)$/, 'a rate as 10/minute')),
  prometheusMetricsHost: str({}, prometheusHost),
  prometheusMetricsClientAuth: str(
    { pointer: true },
    oneOf('RequireAndVerifyClientCert', 'RequireAnyClientCert', 'VerifyClientCertIfGiven', 'NoClientCert'),
  ),
  natOutgoingExclusions: str({ pointer: true }, oneOf('IPPoolsOnly', 'IPPoolsAndHostIPs')),
  natOutgoingAddress: str({}, address4),
  deviceRouteSourceAddress: str({}, address4),
  deviceRouteSourceAddressIPv6: str({}, address6),
  iptablesNATOutgoingInterfaceFilter: str({}, interfaceFilter),
  bpfJITHardening: str({ pointer: true }, oneOf('Auto', 'Strict')),
  bpfLogLevel: str({}, oneOf('Debug', 'Info', 'Off')),
  bpfConntrackLogLevel: str({}, oneOf('Off', 'Debug')),
  bpfConntrackMode: str({ pointer: true }, oneOf('Auto', 'Userspace', 'BPFProgram')),
  bpfConnectTimeLoadBalancing: str({ pointer: true }, oneOf('TCP', 'Enabled', 'Disabled')),
  bpfHostNetworkedNATWithoutCTLB: str({ pointer: true }, onOff),
  bpfExternalServiceMode: str({}, oneOf('Tunnel', 'DSR')),
  bpfMapSizeConntrackScaling: str({}, like(/^(disabled|doubleiffull)?$/i, 'Disabled or DoubleIfFull')),
  bpfEnforceRPF: str({}, like(/^(disabled|strict|loose)?$/i, 'Disabled, Strict or Loose')),
  istioAmbientMode: str({ pointer: true }, onOff),
  flowLogsPolicyEvaluationMode: str({ pointer: true }, oneOf('None', 'Continuous')),
  bpfAttachType: str({ pointer: true }, oneOf('TC', 'TCX')),
  routeSource: str({}, like(/^(workloadips|calicoipam)?$/i, 'WorkloadIPs or CalicoIPAM')),
  awsSrcDstCheck: str({ pointer: true }, oneOf('DoNothing', 'Enable', 'Disable')),
  serviceLoopPrevention: str({}, oneOf('Drop', 'Reject', 'Disabled')),
  workloadSourceSpoofing: str({}, oneOf('Disabled', 'Any')),
  floatingIPs: str({ pointer: true }, onOff),
  windowsManageFirewallRules: str({ pointer: true }, onOff),
  nodeSelector: str({ longest: 1024 }),
  openstackRegion: str({}, region()),
} satisfies Record<string, Check>;

/** It becomes part of a namespace's name, behind `openstack-region-`. */
function region(): TextTest {
  return (value) =>
    value.length <= 46 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(value)
      ? undefined
      : 'is no label of at most 46 characters';
}

/** Upstream has a check of the protocol, which it never comes to: the list is not gone into. */
const protoPort = struct({ protocol: text1, port: int({ min: 0, max: 65535, pointer: true }), net: text1 });

const specRules: Rule = (spec, at) => {
  const ranges = list(spec.routeTableRanges).map(fields);
  const tables = ranges.reduce((sum, { min, max }) => sum + Number(max) - Number(min) + 1, 0);
  return [
    list(spec.kubeNodePortRanges).length > 7 && `${at}.kubeNodePortRanges may have 7 entries at most`,
    list(spec.kubeNodePortRanges).some((p) => 'name' in (portOf(p) ?? {})) &&
      `${at}.kubeNodePortRanges may have no named ports`,
    ...texts(spec.externalNodesList).map(
      (n) => readNet(n)?.family !== 4 && `${at}.externalNodesList: ${n} is no IPv4 CIDR`,
    ),
    isSet(spec.routeTableRange) &&
      isSet(spec.routeTableRanges) &&
      `${at}: routeTableRange and routeTableRanges cannot both be set`,
    tables > 0xffff && `${at}.routeTableRanges are too many tables`,
  ];
};

const tableRange = struct({ min: anyInt, max: anyInt }, ({ min = 0, max = 0 }, at) => [
  !(Number(min) >= 1 && Number(max) >= Number(min) && Number(max) <= 250) && `${at} must be a range within 1 to 250`,
]);
const tableIds = struct({ min: anyInt, max: anyInt }, ({ min = 0, max = 0 }, at) => [
  !(Number(min) >= 1 && Number(max) >= Number(min) && Number(max) <= 0xffffffff) && `${at} must be a range from 1 on`,
]);

const healthTimeout = struct({ name: text1, timeout: duration() }, (value, at) => [
  !/^[a-zA-Z0-9_ -]+$/.test(text(value.name)) && `${at}.name must be of letters, digits, blanks, _ and -`,
  text(value.timeout).startsWith('-') && `${at}.timeout may not be negative`,
]);

/** The CRD takes a code point by number alone, or by a name of its own. */
const dscp: Check = (value, at) =>
  !isSet(value) ||
  typeof value === 'string' ||
  (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255)
    ? []
    : [`${at} must be a DSCP value`];

export const felixConfiguration = struct(
  {
    metadata: metadata(),
    spec: struct(
      {
        ...switches,
        ...numbers,
        ...durations,
        ...texts1,
        ...words,
        dataplaneWatchdogTimeout: duration(),
        nftablesRefreshInterval: duration(),
        liveMigrationRouteConvergenceTime: duration(/^([0-9]+(\.[0-9]+)?(ms|s|m|h))*$/),
        logActionRateLimitBurst: int({ min: 0, max: 9999, pointer: true }),
        iptablesMarkMask: mark,
        nftablesMarkMask: mark,
        healthTimeoutOverrides: listOf(always(healthTimeout)),
        failsafeInboundHostPorts: listOf(protoPort),
        failsafeOutboundHostPorts: listOf(protoPort),
        kubeNodePortRanges: listOf(port),
        natPortRange: portOrNothing,
        bpfPSNATPorts: portOrNothing,
        debugPort: int({ min: 0, max: 65535, pointer: true }),
        bpfConntrackTimeouts: struct(
          each(
            'creationGracePeriod tcpSynSent tcpEstablished tcpFinsSeen tcpResetSeen udpTimeout genericTimeout icmpTimeout',
            timeout,
          ),
        ),
        bpfLogFilters: logFilters,
        bpfDSROptoutCIDRs: cidrs,
        bpfExcludeCIDRsFromNAT: cidrs,
        bpfExtToServiceConnmark: int({ min: 0, max: 0xffffffff, pointer: true }),
        bpfKubeProxyHealthzPort: int({ min: 0, max: 65535, pointer: true }),
        bpfMapSizeConntrackCleanupQueue: int({ min: 1, pointer: true }),
        bpfForceTrackPacketsFromIfaces: listOf(entry(interfaceFilter)),
        bpfExportBufferSizeMB: (value, at) =>
          isSet(value) ? [`${at}: Calico's own validator breaks down over it`] : [],
        istioDSCPMark: dscp,
        externalNodesList: listOf(text1),
        routeTableRanges: listOf(always(tableIds)),
        routeTableRange: tableRange,
        ...each(
          'ipv4NormalRoutePriority ipv4ElevatedRoutePriority ipv6NormalRoutePriority ipv6ElevatedRoutePriority',
          priority,
        ),
        ...each('wireguardListeningPort wireguardListeningPortV6', int({ min: 1, max: 65535, pointer: true })),
        wireguardRoutingRulePriority: int({ min: 1, max: 32765, pointer: true }),
        ...each('goGCThreshold goMemoryLimitMB goMaxProcs', int({ min: -1, pointer: true })),
        ...each('bpfMaglevMaxEndpointsPerService bpfMaglevMaxServices', int({ min: 1, max: 3000, pointer: true })),
      },
      specRules,
    ),
  },
  ({ metadata: meta, spec }, at) => {
    const own = text(fields(meta).name);
    const nodes = isSet(fields(spec).nodeSelector) && (own === 'default' || own.startsWith('node.'));
    return [nodes && `${at}.spec.nodeSelector is not for ${own}`];
  },
);

function portOrNothing(value: unknown, at: string): readonly string[] {
  return isSet(value) ? port(value, at) : [];
}

function logFilters(value: unknown, at: string): readonly string[] {
  if (!isFields(value)) return textMap(value, at);
  const wrong = Object.keys(value).filter((key) => !/^[a-zA-Z0-9_.-]{1,15}$/.test(key));
  return [...textMap(value, at), ...wrong.map((key) => `${at}: ${key} is no interface's name`)];
}
