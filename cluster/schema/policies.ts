import { z } from 'zod';
import { ADMIN_POLICY, CALICO, CLUSTER_POLICY, KINDS, KUBERNETES } from '../policies/kinds.ts';
import { field, section } from './documentation.ts';
import { labelKey, labelValue } from './texts.ts';
import { anyCidr, dnsName, nonEmpty, objectName, port, text } from './values.ts';

const APPLIED = 'Applied through the API; it counts for new connections.';
const API_SERVER =
  "Applied through the API; the first policy of Calico's brings its API server, for which the playbook runs again.";

const labels = z.record(nonEmpty, z.string());

const NEW_POLICY = 'The old one is removed and a new one made.';

/** A policy, or what one refers to: an entry of `policies.extra`, and a document of a manifest. */
export const policyObject = z.strictObject({
  apiVersion: z.enum([KUBERNETES, CALICO, CLUSTER_POLICY, ADMIN_POLICY]).meta(
    field('Whose kind it is: Kubernetes’, Calico’s, or that of Kubernetes’ SIG Network for cluster-wide policies.', {
      example: 'networking.k8s.io/v1',
      change: 'free',
      note: APPLIED,
    }),
  ),
  kind: z.enum(Object.keys(KINDS)).meta(
    field('A policy, of one namespace or of the whole cluster, or what policies refer to.', {
      example: 'NetworkPolicy',
      change: 'free',
      note: APPLIED,
    }),
  ),
  metadata: z
    .strictObject({
      name: objectName.meta(
        field('Its name; those that the other sections make are taken.', {
          example: 'deny-egress',
          change: 'free',
          note: NEW_POLICY,
        }),
      ),
      namespace: dnsName.optional().meta(
        field('Namespace of a NetworkPolicy or a NetworkSet.', {
          otherwise: 'none: kinds of the whole cluster have no namespace, the others need one',
          example: 'production',
          change: 'free',
          note: NEW_POLICY,
        }),
      ),
      labels: z
        .record(labelKey, labelValue)
        .optional()
        .meta(
          field('Labels; selectors go by those of a NetworkSet, a GlobalNetworkSet and a HostEndpoint.', {
            otherwise: 'none',
            example: { role: 'office' },
            change: 'free',
            note: APPLIED,
          }),
        ),
      annotations: z
        .record(labelKey, z.string())
        .optional()
        .meta(
          field('Annotations; no policy goes by them.', {
            otherwise: 'none',
            example: { 'example.com/ticket': 'NET-7' },
            change: 'free',
            note: APPLIED,
          }),
        ),
    })
    .meta(section('What it is called, and where it is.')),
  spec: z.record(z.string(), z.unknown()).meta(
    field('The policy itself, as it would be applied with kubectl.', {
      example: { podSelector: {}, policyTypes: ['Egress'] },
      change: 'free',
      note: APPLIED,
    }),
  ),
});

const STAGED_NAME = /^[A-Za-z]+ ([a-z0-9-]+\/)?[a-z0-9.-]+$/;

const stagedName = text((value) =>
  STAGED_NAME.test(value)
    ? undefined
    : {
        code: 'bad-name',
        message: `“${value}” names no policy`,
        hint: 'Write its kind and name: NetworkPolicy production/allow-dns, or GlobalNetworkPolicy allow-cluster-internal.',
      },
).meta({ pattern: STAGED_NAME.source });

const scraping = z.strictObject({
  namespace: dnsName.meta(
    field('Namespace of the pods that are scraped.', { example: 'production', change: 'free', note: APPLIED }),
  ),
  pods: labels.meta(
    field('Labels that they carry, all of them.', { example: { app: 'my-app' }, change: 'free', note: APPLIED }),
  ),
  from: z
    .strictObject({
      namespace: dnsName.meta(
        field('Namespace of Prometheus.', { example: 'monitoring', change: 'free', note: APPLIED }),
      ),
      pods: labels.meta(
        field("Labels of Prometheus's pods, all of them.", {
          example: { app: 'prometheus' },
          change: 'free',
          note: APPLIED,
        }),
      ),
      hostNetwork: z
        .boolean()
        .default(false)
        .meta(
          field(
            "Whether it is on its node's own network, where no selector matches it: then nodes are let in, and with an encapsulation, whose tunnels have addresses of pods, every pod.",
            { example: true, change: 'free', note: APPLIED },
          ),
        ),
    })
    .meta(section('Who scrapes.')),
  port: port.meta(field('TCP port of the metrics.', { example: 8080, change: 'free', note: APPLIED })),
});

const clusterInternal = z.strictObject({
  order: z
    .number()
    .default(100)
    .meta(
      field("Place among Calico's policies, the lowest first; those of Kubernetes have 1000.", {
        example: 100,
        change: 'free',
        note: APPLIED,
      }),
    ),
  nets: z
    .array(anyCidr)
    .min(1)
    .optional()
    .meta(
      field('Ranges that may reach pods.', {
        otherwise: '`network.pods` and `network.nodes`, and those of `network.ipv6`',
        example: ['10.244.0.0/16', '192.168.4.0/24'],
        change: 'free',
        note: APPLIED,
      }),
    ),
  except: z
    .array(dnsName)
    .optional()
    .meta(
      field('Namespaces that it does not select.', {
        otherwise: 'those of `defaultDenyIngress` and `isolate`, which it would cancel',
        example: ['production'],
        change: 'free',
        note: APPLIED,
      }),
    ),
});

export const policies = z.strictObject({
  namespaces: z
    .array(dnsName)
    .default([])
    .meta(
      field('Namespaces to create.', {
        example: ['production', 'monitoring'],
        change: 'free',
        note: 'A namespace that is taken out is deleted with all that is in it.',
      }),
    ),
  namespaceLabels: z
    .record(dnsName, z.record(labelKey, labelValue))
    .default({})
    .meta(
      field('Labels of the namespaces to create, beside the `kubernetes.io/metadata.name` that each has by itself.', {
        example: { production: { team: 'shop' } },
        change: 'free',
        note: `${APPLIED} Policies that select by them follow.`,
      }),
    ),
  defaultDenyIngress: z
    .array(dnsName)
    .default([])
    .meta(
      field('Namespaces that get `default-deny-ingress`.', { example: ['production'], change: 'free', note: APPLIED }),
    ),
  allowDns: z
    .array(dnsName)
    .default([])
    .meta(
      field(
        'Namespaces that get `allow-dns`: their pods may ask for names, and reach nothing that no other policy allows.',
        {
          example: ['production'],
          change: 'free',
          note: APPLIED,
        },
      ),
    ),
  allowPrometheusScraping: z
    .array(scraping)
    .default([])
    .meta(
      field('`allow-prometheus-scraping`: who may scrape which pods.', {
        example: [
          {
            namespace: 'production',
            pods: { app: 'my-app' },
            from: { namespace: 'monitoring', pods: { app: 'prometheus' } },
            port: 8080,
          },
        ],
        change: 'free',
        note: APPLIED,
      }),
    ),
  allowClusterInternal: clusterInternal.optional().meta(
    field("Calico's GlobalNetworkPolicy `allow-cluster-internal`.", {
      otherwise: 'no such policy',
      example: { order: 100, except: ['production'] },
      change: 'free',
      note: API_SERVER,
    }),
  ),
  isolate: z
    .array(dnsName)
    .default([])
    .meta(
      field(
        'Namespaces that get `isolate`: their pods reach each other and DNS, and nobody else; of other namespaces and the outside nobody reaches them.',
        { example: ['team-a'], change: 'free', note: APPLIED },
      ),
    ),
  extra: z
    .array(policyObject)
    .default([])
    .meta(
      field('Policies of one’s own, and the sets, tiers and host endpoints that they refer to, written out in full.', {
        example: [
          {
            apiVersion: 'networking.k8s.io/v1',
            kind: 'NetworkPolicy',
            metadata: { name: 'deny-egress', namespace: 'monitoring' },
            spec: { podSelector: {}, policyTypes: ['Egress'] },
          },
        ],
        change: 'free',
        note: API_SERVER,
      }),
    ),
  manifests: z
    .array(nonEmpty)
    .default([])
    .meta(
      field(
        'Files of the same kinds as `extra`, YAML of one document or many or JSON, or folders of them (`*.yaml`, `*.yml`, `*.json`); from the folder of the project, with `--spec FILE` from that of the file.',
        { example: ['manifests/production.yaml'], change: 'free', note: API_SERVER },
      ),
    ),
  staged: z
    .union([z.literal('all'), z.array(stagedName)], {
      error: 'Write all, or a list of policies: [NetworkPolicy production/allow-dns].',
    })
    .default([])
    .meta(
      field(
        'Policies that are evaluated for flow logs and enforced never: `all`, or which, as `KIND NAMESPACE/NAME` (`KIND NAME` without a namespace).',
        {
          example: ['NetworkPolicy production/allow-dns'],
          change: 'free',
          note: `The policy is removed, and its staged counterpart made, or the other way round. ${API_SERVER}`,
        },
      ),
    ),
});
