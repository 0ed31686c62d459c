import { z } from 'zod';
import { field } from './documentation.ts';
import { labelKey, labelValue } from './texts.ts';
import { dnsName, objectName, port, text } from './values.ts';

export const QUESTION = 'Nothing in the cluster changes; questions and `expect` are answered anew.';

/** Of pods, or of namespaces. */
export const labels = z.record(labelKey, labelValue);

const PORT = /^([1-9][0-9]{0,4})\/(tcp|udp|sctp)$/;

/** Kubernetes' IANA_SVC_NAME (apimachinery pkg/util/validation IsValidPortName). */
const PORT_NAME = /^(?=.{1,15}$)(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

const portText = text((value) =>
  Number(PORT.exec(value)?.[1] ?? 65536) <= 65535
    ? undefined
    : {
        code: 'bad-port',
        message: `“${value}” is no port of a workload`,
        hint: 'Write 8080, 53/udp, or { name: http, port: 8080 }.',
      },
).meta({ pattern: PORT.source });

const namedPort = z.strictObject({
  name: text((value) =>
    PORT_NAME.test(value)
      ? undefined
      : {
          code: 'bad-name',
          message: `“${value}” is no name of a port`,
          hint: 'Use lower case letters, digits and single inner hyphens, 15 at most, with a letter among them.',
        },
  )
    .optional()
    .meta({
      pattern: PORT_NAME.source,
      ...field('Name of the port, which a rule may go by.', {
        otherwise: 'none',
        example: 'http',
        change: 'free',
        note: QUESTION,
      }),
    }),
  port: port.meta(field('The port.', { example: 80, change: 'free', note: QUESTION })),
  protocol: z
    .enum(['tcp', 'udp', 'sctp'])
    .default('tcp')
    .meta(field('Its protocol.', { example: 'udp', change: 'free', note: QUESTION })),
});

const workload = z.strictObject({
  namespace: dnsName.meta(
    field('Namespace that it runs in; it need not be one of `policies.namespaces`.', {
      example: 'production',
      change: 'free',
      note: QUESTION,
    }),
  ),
  name: objectName.meta(
    field('What answers call it, as the Deployment is called.', { example: 'my-app', change: 'free', note: QUESTION }),
  ),
  labels: labels
    .default({})
    .meta(field('Labels of its pods.', { example: { app: 'my-app' }, change: 'free', note: QUESTION })),
  ports: z
    .array(z.union([port, portText, namedPort], { error: 'Write 8080, 53/udp, or { name: http, port: 8080 }.' }))
    .default([])
    .meta(
      field('What it serves: `8080` (TCP), `53/udp`, or `{ name: http, port: 80 }`.', {
        example: [8080, '53/udp'],
        change: 'free',
        note: QUESTION,
      }),
    ),
  serviceAccount: objectName.optional().meta(
    field('Service account of its pods.', {
      otherwise: '`default`',
      example: 'web',
      change: 'free',
      note: QUESTION,
    }),
  ),
  hostNetwork: z
    .boolean()
    .default(false)
    .meta(
      field("Whether its pods are on their node's own network: then policies take them for the node.", {
        example: true,
        change: 'free',
        note: QUESTION,
      }),
    ),
});

export const workloads = z
  .array(workload)
  .default([])
  .meta(
    field(
      'What runs in the cluster beside what kubespray brings, for `expect`, `calispray reach` and rules about policies; nothing of it is made.',
      {
        example: [{ namespace: 'production', name: 'my-app', labels: { app: 'my-app' }, ports: [8080] }],
        change: 'free',
        note: QUESTION,
      },
    ),
  );
