import { isPublic } from './cidr.ts';
import type { Finding } from './finding.ts';
import { type Raw, record, refused } from './raw.ts';

const REFERENCE = 'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:304';

/** What only shows between Felix's metrics, who watches them, and the network they are offered on. */
export function metricsFindings(root: Raw): Finding[] {
  const metrics = record(record(root.felix).metrics);
  if (metrics.enabled === false) return root.monitoring === 'none' ? [] : [switchedOff()];
  return [...unknownAddress(root, metrics), ...publicAddresses(root, metrics)];
}

function switchedOff(): Finding {
  return refused(
    'metrics-off',
    'felix.metrics.enabled',
    'Prometheus is to scrape Felix, whose metrics are off',
    'Set felix.metrics.enabled: true, or monitoring: none.',
  );
}

function unknownAddress(root: Raw, { address }: Raw): Finding[] {
  const { autodetection = 'auto' } = record(root.network);
  if (address !== 'node' || autodetection === 'auto') return [];
  return [
    refused(
      'metrics-address',
      'felix.metrics.address',
      'with network.autodetection kubespray does not tell calico-node the address of its node, and Felix cannot listen there alone',
      'Write any, and close the port in the firewall of the nodes, or leave network.autodetection out.',
      REFERENCE,
    ),
  ];
}

/** Metrics tell what runs where: on an address that the Internet routes to they are offered only where the file says so. */
function publicAddresses(root: Raw, { address }: Raw): Finding[] {
  const environment = record(record(record(root.calico).node).environment);
  if (address !== undefined || environment.FELIX_PROMETHEUSMETRICSHOST !== undefined) return [];
  const found = Object.entries(record(root.nodes)).flatMap(([name, node]) => {
    const own = [record(node).address, record(node).address6];
    return own.flatMap((one) => (typeof one === 'string' && isPublic(one) ? [`${one} of ${name}`] : []));
  });
  if (found.length === 0) return [];
  const others = found.length > 3 ? ` and ${found.length - 3} more` : '';
  return [
    refused(
      'metrics-public',
      'felix.metrics.address',
      `Felix would offer its metrics on public addresses: ${found.slice(0, 3).join(', ')}${others}`,
      'Write felix.metrics.address: node (or any) where that is meant, 127.0.0.1, or felix.metrics.enabled: false.',
    ),
  ];
}
