import type { Draft } from './draft.ts';
import type { Reading } from './reading.ts';

/** kubespray v2.31.0 roles/kubespray_defaults/defaults/main/main.yml:106 */
const CLUSTER_NAME = 'cluster.local';
/** What every inventory of Calispray's says, see constants in ../fields.ts. */
const DNS_DOMAIN = 'cluster.local';

/**
 * The cluster's name, and the domain of its Services, which follows cluster_name where it is not written (kubespray v2.31.0
 * roles/kubespray_defaults/defaults/main/main.yml:154): one other than cluster.local is kept as an extra variable.
 */
export function readName(reading: Reading, draft: Draft, otherwise: string): void {
  const written = reading.text('cluster_name');
  const name = written ?? CLUSTER_NAME;
  const domain = reading.text('dns_domain') ?? name;
  if (domain !== DNS_DOMAIN) {
    draft.set('kubespray.extraVariables.dns_domain', domain);
    reading.say(
      reading.placeOf('dns_domain') ?? reading.placeOf('cluster_name') ?? 'name',
      'advice',
      'dns-domain',
      `Services are below ${domain} here${reading.placeOf('dns_domain') === undefined ? ', after cluster_name' : ''}`,
      'dns_domain is kept as an extra variable.',
    );
  }
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) {
    draft.set('name', name);
    return;
  }
  draft.set('name', otherwise);
  reading.say(
    reading.placeOf('cluster_name') ?? 'name',
    'advice',
    'cluster-name',
    `cluster_name is ${name}${written === undefined ? ' by default' : ''}, and the name of a cluster here has no dots`,
    `${otherwise} is taken: the kubeconfig's context will be called so.`,
  );
}
