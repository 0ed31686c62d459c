import { isAddress, isAddress6 } from '../../cluster/cidr.ts';
import { record } from '../../cluster/raw.ts';
import { release, releases } from '../../cluster/releases.ts';
import { METRICS_HOST } from '../variables/parts.ts';
import type { Draft } from './draft.ts';
import { show } from './given.ts';
import { pythonText } from './nodes.ts';
import type { Reading } from './reading.ts';

/** No checksum, no download. */
const CHECKSUMS = 'kubespray v2.31.0 roles/kubespray_defaults/vars/main/checksums.yml';
const CHECK = 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml';

/** Kubernetes, Calico and its parts, as far as one variable is not simply one field. */
export function readParts(reading: Reading, draft: Draft, tag: string): void {
  version(reading, draft, tag, 'kube_version', 'kubernetes.version');
  version(reading, draft, tag, 'calico_version', 'calico.version');
  readProxy(reading, draft);
  const datastore = readDatastore(reading);
  if (datastore === 'etcd') draft.set('calico.datastore', 'etcd');
  // Where it is off, `auto` leaves it off until something of the stack file needs it.
  if (reading.bool('calico_apiserver_enabled') === true) draft.set('calico.apiServer', true);
  readLogFile(reading, draft);
  readTypha(reading, draft);
  readEnvironment(reading, draft, readMetrics(reading, draft));
  readOverrides(reading, draft);
}

/** kubespray installs what its release has checksums of, and nothing else (kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:27). */
function version(
  reading: Reading,
  draft: Draft,
  tag: string,
  name: 'kube_version' | 'calico_version',
  field: string,
): void {
  const given = reading.take(name);
  if (given === undefined) return;
  const written = String(given.value);
  const wanted = written.replace(/^v/, '');
  const of = (one: (typeof releases)[number]) =>
    name === 'kube_version' ? one.kubernetesVersions : one.calicoVersions;
  const chosen = release(tag);
  if (chosen !== undefined && !of(chosen).includes(wanted)) {
    const others = releases.filter((one) => of(one).includes(wanted)).map((one) => one.tag);
    reading.say(
      given.place,
      'refused',
      'version-not-installable',
      `${name} is ${show(given.value)}, which kubespray ${tag} cannot install`,
      `It is dropped, and the release's own taken; ${others.length > 0 ? `${others.join(', ')} can (--kubespray)` : `no release that Calispray knows can`}.`,
      name === 'kube_version' ? CHECKSUMS : `${CHECK}:27`,
    );
    return;
  }
  if (wanted !== written) {
    reading.say(
      given.place,
      'refused',
      'version-with-v',
      `${name} is ${show(written)}; since v2.28.0 versions carry no v`,
      `${wanted} is taken.`,
      `${CHECK}:27`,
    );
  }
  draft.set(field, wanted);
}

function readProxy(reading: Reading, draft: Draft): void {
  if (reading.bool('kube_proxy_remove') === true) {
    draft.set('kubernetes.proxy', 'none');
    reading.without('kube_proxy_mode', 'ipvs', 'kube_proxy_remove is true');
    return;
  }
  const mode = reading.oneOf('kube_proxy_mode', { ipvs: 'ipvs', iptables: 'iptables', nftables: 'nftables' });
  if (mode !== undefined && mode !== 'ipvs') draft.set('kubernetes.proxy', mode);
}

function readDatastore(reading: Reading): 'kdd' | 'etcd' {
  const given = reading.take('calico_datastore');
  if (given === undefined || given.value === 'kdd' || given.value === 'etcd')
    return given?.value === 'etcd' ? 'etcd' : 'kdd';
  reading.say(
    given.place,
    'refused',
    'datastore',
    `calico_datastore is ${show(given.value)}, and kubespray knows kdd and etcd`,
    'kdd is taken, the Kubernetes API; kubespray would fail after the control plane is up.',
    'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:53',
  );
  return 'kdd';
}

function readEnvironment(reading: Reading, draft: Draft, enabled: boolean): void {
  const { [METRICS_HOST]: host, ...others } = Object.fromEntries(
    Object.entries(reading.map('calico_node_extra_envs') ?? {}).map(([key, value]) => [key, pythonText(value)]),
  );
  const address = metricsAddress(host, enabled, record(draft.value().network).autodetection !== undefined);
  const environment = address === KEPT && host !== undefined ? { ...others, [METRICS_HOST]: host } : others;
  if (Object.keys(environment).length > 0) draft.set('calico.node.environment', environment);
  if (address !== KEPT) draft.set('felix.metrics.address', address);
}

/** It stays in the environment, as the field cannot say it. */
const KEPT = Symbol('kept');

/** `felix.metrics.address`, always said: its default leaves metrics on a public address to the person who writes the file. */
function metricsAddress(host: string | undefined, enabled: boolean, autodetection: boolean): string | typeof KEPT {
  if (!enabled) return KEPT;
  if (host === undefined) return 'any';
  if (host === '$(NODEIP)') return autodetection ? KEPT : 'node';
  return isAddress(host) || isAddress6(host) ? host : KEPT;
}

function readLogFile(reading: Reading, draft: Draft): void {
  const given = reading.take('calico_cni_log_file_path');
  if (given === undefined) return;
  if (given.value === false || given.value === '' || given.value === null) draft.set('calico.cni.logFile', 'none');
  else {
    const path = reading.asText('calico_cni_log_file_path', given);
    if (path !== undefined && path !== '/var/log/calico/cni/cni.log') draft.set('calico.cni.logFile', path);
  }
}

const TYPHA = [
  ['typha_replicas', 'int', 'replicas', 1],
  ['typha_secure', 'bool', 'secure', false],
  ['typha_max_connections_lower_limit', 'int', 'maxConnectionsLowerLimit', 300],
  ['typha_prometheusmetricsenabled', 'bool', 'metrics.enabled', false],
  ['typha_prometheusmetricsport', 'int', 'metrics.port', 9093],
] as const;

function readTypha(reading: Reading, draft: Draft): void {
  if (reading.bool('typha_enabled') !== true) {
    for (const [name, , , fallback] of TYPHA) reading.without(name, fallback, 'typha_enabled is not true');
    return;
  }
  draft.set('calico.typha', undefined);
  let written = false;
  for (const [name, kind, field, fallback] of TYPHA) {
    const value = reading[kind](name);
    if (value === undefined || value === fallback) continue;
    draft.set(`calico.typha.${field}`, value);
    written = true;
  }
  if (!written) draft.set('calico.typha', {});
}

/** Off by default in kubespray and on here, so it is always said. */
function readMetrics(reading: Reading, draft: Draft): boolean {
  const enabled = reading.bool('calico_felix_prometheusmetricsenabled') ?? false;
  draft.set('felix.metrics.enabled', enabled);
  return enabled;
}

/** `ChecksumOffloadBroken=true,…` */
function readOverrides(reading: Reading, draft: Draft): void {
  const given = reading.take('calico_feature_detect_override');
  const text = given === undefined ? undefined : reading.asText('calico_feature_detect_override', given);
  if (given === undefined || text === undefined) return;
  const entries = text.split(',').map((part) => part.trim().split('='));
  if (entries.some((entry) => entry.length !== 2)) {
    reading.wrong('calico_feature_detect_override', text, given.place, 'Name=value, with commas between');
    return;
  }
  draft.set('felix.featureDetectOverride', Object.fromEntries(entries));
}
