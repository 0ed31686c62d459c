/** Fields of Kubernetes' own NetworkPolicy (networking.k8s.io/v1), and of what it is made of. */
import type { FieldData } from './types.ts';

const ports = { list: '#port' } as const;
const peers = { list: '#peer' } as const;

export const kubernetes: FieldData = {
  shared: {
    selector: { fields: { matchLabels: { map: 'string' }, matchExpressions: { list: '#condition' } } },
    condition: {
      fields: { key: 'string', operator: 'string', values: { list: 'string' } },
      required: ['key', 'operator'],
    },
    peer: { fields: { podSelector: '#selector', namespaceSelector: '#selector', ipBlock: '#ipBlock' } },
    ipBlock: { fields: { cidr: 'string', except: { list: 'string' } }, required: ['cidr'] },
    port: { fields: { protocol: 'string', port: 'int-or-string', endPort: 'integer' } },
    ingress: { fields: { from: peers, ports } },
    egress: { fields: { to: peers, ports } },
  },
  kinds: {
    NetworkPolicy: {
      fields: {
        podSelector: '#selector',
        policyTypes: { list: 'string' },
        ingress: { list: '#ingress' },
        egress: { list: '#egress' },
      },
    },
  },
};
