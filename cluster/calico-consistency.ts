import type { Finding } from './finding.ts';
import { list, type Raw, record, refused } from './raw.ts';
import { release, releases } from './releases.ts';

/** What only shows across Calico's parts, in a raw value. */
export function calicoFindings(root: Raw): Finding[] {
  return [...nftablesFindings(root), ...apiServerFindings(root), ...metricsFindings(root), ...portFindings(root)];
}

/** First release of kubespray and first version of Calico that know nftables. */
const NFTABLES = { release: 'v2.29.0', calico: '3.29.0' };

function nftablesFindings(root: Raw): Finding[] {
  if (record(root.network).dataplane !== 'nftables') return [];
  const { version: tag = releases.at(-1)?.tag } = record(root.kubespray);
  const chosen = release(tag);
  if (chosen === undefined) return [];
  const [path, code] = ['network.dataplane', 'nftables-unknown'];
  if (!releases.slice(releases.findIndex((one) => one.tag === NFTABLES.release)).includes(chosen)) {
    const message = `kubespray ${tag} cannot tell Calico to use nftables`;
    return [refused(code, path, message, `Write dataplane: iptables, or kubespray ${NFTABLES.release} or later.`)];
  }
  const { version = chosen.calico } = record(root.calico);
  if (typeof version !== 'string' || !isBelow(version, NFTABLES.calico)) return [];
  return [
    refused(
      code,
      path,
      `Calico ${version} has no nftables`,
      `Write dataplane: iptables, or Calico ${NFTABLES.calico} or later.`,
      'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:278',
    ),
  ];
}

function isBelow(version: string, than: string): boolean {
  const parts = (text: string) => text.split('.').map(Number);
  const [a, b] = [parts(version), parts(than)];
  if (a.length !== b.length || a.some(Number.isNaN)) return false;
  const i = a.findIndex((part, index) => part !== b[index]);
  return i >= 0 && (a[i] as number) < (b[i] as number);
}

/** kubectl, and with it Calispray, has projectcalico.org/v3 from Calico's API server alone. */
function apiServerFindings(root: Raw): Finding[] {
  if (record(root.calico).apiServer !== false) return [];
  const { allowClusterInternal, extra } = record(root.policies);
  const own = list(extra).findIndex((policy) => record(policy).apiVersion === 'projectcalico.org/v3');
  const needed = [
    ...(list(record(root.network).furtherPools).length > 0 ? ['network.furtherPools'] : []),
    ...(allowClusterInternal === undefined ? [] : ['policies.allowClusterInternal']),
    ...(own < 0 ? [] : [`policies.extra[${own}]`]),
  ];
  if (needed.length === 0) return [];
  const message = `${needed.join(' and ')} ${needed.length === 1 ? 'is' : 'are'} applied through Calico’s API server, which is off`;
  return [refused('api-server-off', 'calico.apiServer', message, 'Write auto or true.')];
}

function metricsFindings(root: Raw): Finding[] {
  const { enabled } = record(record(root.felix).metrics);
  if (enabled !== false || root.monitoring === 'none') return [];
  return [
    refused(
      'metrics-off',
      'felix.metrics.enabled',
      'Prometheus is to scrape Felix, whose metrics are off',
      'Set felix.metrics.enabled: true, or monitoring: none.',
    ),
  ];
}

/** TCP ports on the host network that two parts of Calico would listen on. */
function portFindings(root: Raw): Finding[] {
  const felix = record(record(root.felix).metrics);
  const { typha } = record(root.calico);
  const metrics = record(record(typha).metrics);
  const { listenPort = 179 } = record(record(root.network).bgp);
  const fixed: [string, unknown][] = [
    ['calico-node’s health checks', 9099],
    ...(typha === undefined
      ? []
      : ([
          ['Typha', 5473],
          ['Typha’s health checks', 9098],
        ] as [string, unknown][])),
  ];
  const chosen: [string, unknown][] = [
    ['network.bgp.listenPort', listenPort],
    ...(felix.enabled === false ? [] : ([['felix.metrics.port', felix.port ?? 9091]] as [string, unknown][])),
    ...(metrics.enabled === true ? ([['calico.typha.metrics.port', metrics.port ?? 9093]] as [string, unknown][]) : []),
  ];
  return chosen.flatMap(([path, port], i) => {
    const other = [...fixed, ...chosen.slice(0, i)].find(([, taken]) => taken === port);
    if (other === undefined || typeof port !== 'number') return [];
    return [refused('same-port', path, `the TCP port ${port} of every node is that of ${other[0]}`, 'Write another.')];
  });
}
