import type { Finding } from './finding.ts';
import { metricsFindings } from './metrics-consistency.ts';
import { CALICO } from './policies/kinds.ts';
import type { WrittenManifest } from './policies/manifests.ts';
import { list, type Raw, record, refused } from './raw.ts';
import { release, releases } from './releases.ts';

/** What only shows across Calico's parts, in a raw value. */
export function calicoFindings(root: Raw, manifests: readonly WrittenManifest[]): Finding[] {
  return [
    ...nftablesFindings(root),
    ...apiServerFindings(root, manifests),
    ...stagedFindings(root, manifests),
    ...metricsFindings(root),
    ...portFindings(root),
  ];
}

/** First release of kubespray and first version of Calico that know something. */
interface Since {
  readonly release: string;
  readonly calico: string;
}

const NFTABLES: Since = { release: 'v2.29.0', calico: '3.29.0' };

function nftablesFindings(root: Raw): Finding[] {
  if (record(root.network).dataplane !== 'nftables') return [];
  const [path, code] = ['network.dataplane', 'nftables-unknown'];
  const { release: old, calico } = tooOld(root, NFTABLES);
  if (old !== undefined) {
    const message = `kubespray ${old} cannot tell Calico to use nftables`;
    return [refused(code, path, message, `Write dataplane: iptables, or kubespray ${NFTABLES.release} or later.`)];
  }
  if (calico === undefined) return [];
  return [
    refused(
      code,
      path,
      `Calico ${calico} has no nftables`,
      `Write dataplane: iptables, or Calico ${NFTABLES.calico} or later.`,
      'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-node.yml.j2:278',
    ),
  ];
}

/** Calico's API server may write staged kinds since then: kubespray's commit e979e770f gave it the right. */
const STAGED: Since = { release: 'v2.31.0', calico: '3.30.0' };

function stagedFindings(root: Raw, manifests: readonly WrittenManifest[]): Finding[] {
  const { release: old, calico } = tooOld(root, STAGED);
  if (old === undefined && calico === undefined) return [];
  const { staged, extra } = record(root.policies);
  const isStaged = (object: unknown) => {
    const { kind } = record(object);
    return typeof kind === 'string' && kind.startsWith('Staged');
  };
  const message =
    old === undefined
      ? `Calico ${calico} has no staged policies`
      : `the API server of Calico that kubespray ${old} sets up may not write staged policies`;
  const hint = `Take ${old === undefined ? 'Calico 3.30.0' : 'kubespray v2.31.0'} or later, or leave the policies out until they shall be enforced.`;
  const reference = 'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-apiserver.yml.j2:180';
  const found = (path: string) => refused('staged-unknown', path, message, hint, reference);
  return [
    ...(staged === 'all' || list(staged).length > 0 ? [found('policies.staged')] : []),
    ...list(extra).flatMap((object, i) => (isStaged(object) ? [found(`policies.extra[${i}].kind`)] : [])),
    ...manifests.flatMap(({ value, located }) => (isStaged(value) ? [located(found('kind'))] : [])),
  ];
}

/** The release of kubespray, else the version of Calico that the cluster has, where it is below; nothing of releases that are not known. */
function tooOld(root: Raw, since: Since): { release?: string; calico?: string } {
  const { version: tag = releases.at(-1)?.tag } = record(root.kubespray);
  const chosen = release(tag);
  if (chosen === undefined) return {};
  const { version = chosen.calico } = record(root.calico);
  const calico = typeof version === 'string' && isBelow(version, since.calico) ? { calico: version } : {};
  const first = releases.findIndex((one) => one.tag === since.release);
  return releases.indexOf(chosen) < first ? { release: chosen.tag, ...calico } : calico;
}

function isBelow(version: string, than: string): boolean {
  const parts = (text: string) => text.split('.').map(Number);
  const [a, b] = [parts(version), parts(than)];
  if (a.length !== b.length || a.some(Number.isNaN)) return false;
  const i = a.findIndex((part, index) => part !== b[index]);
  return i >= 0 && (a[i] as number) < (b[i] as number);
}

/** kubectl, and with it Calispray, has projectcalico.org/v3 from Calico's API server alone. */
function apiServerFindings(root: Raw, manifests: readonly WrittenManifest[]): Finding[] {
  if (record(root.calico).apiServer !== false) return [];
  const { allowClusterInternal, extra, staged } = record(root.policies);
  const isCalicos = (object: unknown) => record(object).apiVersion === CALICO;
  const own = list(extra).findIndex(isCalicos);
  const read = manifests.find(({ value }) => isCalicos(value));
  const needed = [
    ...(list(record(root.network).furtherPools).length > 0 ? ['network.furtherPools'] : []),
    ...(allowClusterInternal === undefined ? [] : ['policies.allowClusterInternal']),
    ...(own < 0 ? [] : [`policies.extra[${own}]`]),
    ...(read === undefined ? [] : [read.origin]),
    ...(staged === 'all' || list(staged).length > 0 ? ['policies.staged'] : []),
  ];
  if (needed.length === 0) return [];
  const message = `${needed.join(' and ')} ${needed.length === 1 ? 'is' : 'are'} applied through Calico’s API server, which is off`;
  return [refused('api-server-off', 'calico.apiServer', message, 'Write auto or true.')];
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
