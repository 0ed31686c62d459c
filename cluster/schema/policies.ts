import { z } from 'zod';
import { field, section } from './documentation.ts';
import { anyCidr, dnsName, nonEmpty, port } from './values.ts';

const APPLIED = 'Applied through the API; it counts for new connections.';
const API_SERVER =
  "Applied through the API; the first policy of Calico's brings its API server, for which the playbook runs again.";

const labels = z.record(nonEmpty, z.string());

const policyObject = z.strictObject({
  apiVersion: z.enum(['networking.k8s.io/v1', 'projectcalico.org/v3']).meta(
    field('Whose policy it is: that of Kubernetes or that of Calico.', {
      example: 'networking.k8s.io/v1',
      change: 'free',
      note: APPLIED,
    }),
  ),
  kind: z.enum(['NetworkPolicy', 'GlobalNetworkPolicy']).meta(
    field('A policy of one namespace, or (Calico alone) of the whole cluster.', {
      example: 'NetworkPolicy',
      change: 'free',
      note: APPLIED,
    }),
  ),
  metadata: z
    .strictObject({
      name: nonEmpty.meta(
        field('Name of the policy; those that the other sections make are taken.', {
          example: 'deny-egress',
          change: 'free',
          note: 'The old policy is removed and a new one made.',
        }),
      ),
      namespace: dnsName.optional().meta(
        field('Namespace of a NetworkPolicy.', {
          otherwise: 'none: a GlobalNetworkPolicy has no namespace, a NetworkPolicy needs one',
          example: 'production',
          change: 'free',
          note: 'The old policy is removed and a new one made.',
        }),
      ),
    })
    .meta(section('What the policy is called, and where it is.')),
  spec: z.record(z.string(), z.unknown()).meta(
    field('The policy itself, as it would be applied with kubectl.', {
      example: { podSelector: {}, policyTypes: ['Egress'] },
      change: 'free',
      note: APPLIED,
    }),
  ),
});

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
        otherwise: 'those of `defaultDenyIngress`, which it would cancel',
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
  extra: z
    .array(policyObject)
    .default([])
    .meta(
      field('Policies of one’s own, written out in full.', {
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
});
