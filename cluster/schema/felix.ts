import { z } from 'zod';
import { familyOf } from '../cidr.ts';
import { field, section } from './documentation.ts';
import { duration, felixFeature, word } from './texts.ts';
import { port, text } from './values.ts';

const RESTART = 'calico-node restarts node by node.';
const LIVE = 'FelixConfiguration is applied with calicoctl; Felix restarts itself to take it up, and packets go on.';

const metricsAddress = text((value) =>
  value === 'node' || value === 'any' || (familyOf(value) !== undefined && !value.includes('/'))
    ? undefined
    : {
        code: 'bad-address',
        message: `“${value}” is no place for metrics`,
        hint: 'Write node, any, or an address: 127.0.0.1.',
      },
);

const metrics = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .meta(
      field('Whether Felix answers Prometheus on every node.', {
        example: true,
        change: 'rolling restart',
        note: RESTART,
      }),
    ),
  port: port.default(9091).meta(
    field('TCP port on the host network, which Prometheus must reach.', {
      example: 9091,
      change: 'rolling restart',
      note: `${RESTART} The Service that Prometheus goes by follows.`,
    }),
  ),
  address: metricsAddress.optional().meta(
    field(
      'Where Felix answers: `node`, the address by which Kubernetes knows the node; `any`, every address of it; or one address, the same on all nodes.',
      {
        otherwise:
          '`node`, or `any` with `network.autodetection`, of which kubespray leaves calico-node no such address',
        example: 'any',
        change: 'rolling restart',
        note: RESTART,
      },
    ),
  ),
  go: z
    .boolean()
    .default(true)
    .meta(
      field('Whether metrics of the Go runtime are among them.', {
        example: false,
        change: 'rolling restart',
        note: RESTART,
      }),
    ),
  process: z
    .boolean()
    .default(true)
    .meta(
      field('Whether metrics of the process are among them.', {
        example: false,
        change: 'rolling restart',
        note: RESTART,
      }),
    ),
});

export const felix = z.strictObject({
  metrics: metrics.prefault({}).meta(section('What Felix tells Prometheus.')),
  logSeverity: z
    .enum(['debug', 'info', 'warning', 'error', 'fatal'])
    .default('info')
    .meta(
      field(
        'What FelixConfiguration lets Felix log; `calico.node.logLevel`, in the environment of calico-node, wins over it.',
        { example: 'warning', change: 'free', note: LIVE },
      ),
    ),
  chainInsertMode: z
    .enum(['insert', 'append'])
    .default('insert')
    .meta(
      field("Whether Calico's rules come before or behind what else is in the chains of iptables.", {
        example: 'append',
        change: 'rolling restart',
        note: `${RESTART} With append, a rule before them that accepts is not asked about policies.`,
      }),
    ),
  endpointToHostAction: z
    .enum(['return', 'accept', 'drop'])
    .default('return')
    .meta(
      field(
        'What becomes of packets from a pod to its own node, behind the policies: left to the node’s own rules, let in, or dropped.',
        {
          example: 'accept',
          change: 'rolling restart',
          note: `${RESTART} drop cuts pods off from whatever listens on their node.`,
        },
      ),
    ),
  reportingInterval: duration.default('0s').meta(
    field('How often Felix writes its status into the datastore; 0s is never.', {
      unit: 'Go duration',
      example: '30s',
      change: 'free',
      note: LIVE,
    }),
  ),
  floatingIps: z
    .boolean()
    .default(false)
    .meta(
      field('Whether pods may ask for floating addresses by annotation.', {
        example: true,
        change: 'free',
        note: LIVE,
      }),
    ),
  ignoreLooseRpf: z
    .boolean()
    .default(false)
    .meta(
      field(
        'Whether Felix runs on a node whose kernel filters reverse paths loosely (rp_filter 2), where pods can forge addresses.',
        {
          example: true,
          change: 'rolling restart',
          note: RESTART,
        },
      ),
    ),
  featureDetectOverride: z
    .record(felixFeature, z.enum(['true', 'false']))
    .default({})
    .meta(
      field('Features of the kernel and of iptables that Felix takes as said, not as found.', {
        example: { ChecksumOffloadBroken: 'true' },
        change: 'free',
        note: LIVE,
      }),
    ),
  mtuInterfacePattern: word.optional().meta(
    field('Regular expression of the interfaces whose MTU Felix looks at.', {
      otherwise: "Calico's own, which takes the usual names of network cards",
      example: '^ens.*',
      change: 'rolling restart',
      note: RESTART,
    }),
  ),
  healthHost: word.default('localhost').meta(
    field('Address that the health checks of calico-node listen on.', {
      example: '127.0.0.1',
      change: 'rolling restart',
      note: RESTART,
    }),
  ),
  useDefaultRouteSourceAddress: z
    .boolean()
    .default(false)
    .meta(
      field("Whether a node's routes to its pods name the node's address as their source.", {
        example: true,
        change: 'rolling restart',
        note: RESTART,
      }),
    ),
});
