/** The world as a live cluster has it: lists alone, of the kinds that a verdict may hang on, without what it cannot. */
import { UserError } from '../../cluster/finding.ts';
import { isRecord } from '../../cluster/raw.ts';
import { asV3, type Resource } from '../../reachability/index.ts';
import { type ApiServer, Refusal } from './api-server.ts';

export interface LiveWorld {
  readonly resources: readonly Resource[];
  /** Calico's version, as the cluster says it; undefined where it does not. */
  readonly calico?: string;
}

interface Wanted {
  readonly plural: string;
  readonly kind: string;
}

interface Served extends Wanted {
  readonly group: string;
  readonly version: string;
}

const core: readonly Served[] = [
  ['', 'v1', 'namespaces', 'Namespace'],
  ['', 'v1', 'nodes', 'Node'],
  ['', 'v1', 'pods', 'Pod'],
  ['', 'v1', 'services', 'Service'],
  ['', 'v1', 'serviceaccounts', 'ServiceAccount'],
  ['discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice'],
  ['networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy'],
].map(([group = '', version = '', plural = '', kind = '']) => ({ group, version, plural, kind }));

const calico: readonly Wanted[] = [
  'NetworkPolicy',
  'GlobalNetworkPolicy',
  'Tier',
  'NetworkSet',
  'GlobalNetworkSet',
  'HostEndpoint',
  'IPPool',
  'FelixConfiguration',
  'StagedNetworkPolicy',
  'StagedGlobalNetworkPolicy',
  'StagedKubernetesNetworkPolicy',
  'ClusterInformation',
].map((kind) => ({ kind, plural: `${kind.toLowerCase()}s`.replace(/ys$/, 'ies') }));

/** In the order in which they are asked for: the first of a kind that is served counts. */
const clusterWide: readonly Served[] = [
  ['v1alpha2', 'clusternetworkpolicies', 'ClusterNetworkPolicy'],
  ['v1alpha1', 'adminnetworkpolicies', 'AdminNetworkPolicy'],
  ['v1alpha1', 'baselineadminnetworkpolicies', 'BaselineAdminNetworkPolicy'],
].map(([version = '', plural = '', kind = '']) => ({ group: 'policy.networking.k8s.io', version, plural, kind }));

/** Kubernetes' own policies as Calico's API shows them a second time (v3.31.5 libcalico-go/lib/names/policy.go). */
const SHOWN_TWICE = /^(knp\.default|kanp\.adminnetworkpolicy|kbanp\.baselineadminnetworkpolicy|kcnp\.[a-z-]+)\./;

/**
 * @param say hears of the progress, a line each
 * @param wanted the kinds that are read. Default: all of them
 * @throws UserError `forbidden` with every kind that may not be listed and the rights for it, `no-calico` where Calico's kinds are not
 * served, and as ApiServer
 */
export async function readLive(
  server: ApiServer,
  say: (line: string) => void,
  wanted: (kind: string) => boolean = () => true,
): Promise<LiveWorld> {
  const served = [...core, ...(await servedBy(server, say))].filter(({ kind }) => wanted(kind));
  const forbidden: Served[] = [];
  const resources: Resource[] = [];
  for (const kind of served) {
    const items = await listed(server, kind, say, forbidden);
    for (const item of items) resources.push(item);
  }
  if (forbidden.length > 0) throw mayNot(server.address, forbidden);
  const version = resources
    .filter(({ kind }) => kind === 'ClusterInformation')
    .map(({ spec }) => (isRecord(spec) ? spec.calicoVersion : undefined))
    .find((text) => typeof text === 'string' && text !== '');
  return {
    resources: resources.filter(({ kind }) => kind !== 'ClusterInformation'),
    ...(typeof version === 'string' && { calico: version }),
  };
}

async function listed(server: ApiServer, kind: Served, say: (line: string) => void, forbidden: Served[]) {
  let told = 0;
  try {
    return await server.list(
      `${rootOf(kind)}/${kind.plural}`,
      (item) => resourceOf(item, kind),
      (count) => {
        // A line for what takes long alone.
        if (count - told < 5000) return;
        say(`Reading ${kind.plural}: ${count} so far`);
        told = count;
      },
    );
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 403) forbidden.push(kind);
    // Gone since the server said that it has it, as a CRD that is taken away.
    else if (error.status !== 404) throw cannotList(server.address, kind, error);
    return [];
  }
}

/** Calico's kinds where its API is served, else as its CRDs store them; and the cluster-wide kinds of Kubernetes. */
async function servedBy(server: ApiServer, say: (line: string) => void): Promise<Served[]> {
  const v3 = await pluralsOf(server, 'projectcalico.org', 'v3');
  const crd = v3 === 'down' || v3 === undefined ? await pluralsOf(server, 'crd.projectcalico.org', 'v1') : undefined;
  const [group, version, plurals] =
    v3 === undefined || v3 === 'down' ? ['crd.projectcalico.org', 'v1', crd] : ['projectcalico.org', 'v3', v3];
  if (plurals === undefined || plurals === 'down') throw noCalico(server.address);
  if (v3 === 'down')
    say("Calico's own API does not answer; its resources are read as they are stored (crd.projectcalico.org).");
  const found = calico.filter(({ plural }) => plurals.has(plural)).map((kind) => ({ ...kind, group, version }));
  for (const kind of clusterWide) {
    const also = await pluralsOf(server, kind.group, kind.version);
    if (also !== undefined && also !== 'down' && also.has(kind.plural)) found.push(kind);
  }
  return found;
}

/** What a group serves; undefined where there is no such group, `down` where who serves it does not answer. */
async function pluralsOf(
  server: ApiServer,
  group: string,
  version: string,
): Promise<ReadonlySet<string> | 'down' | undefined> {
  try {
    const { resources } = await server.get(`/apis/${group}/${version}`);
    const names = Array.isArray(resources) ? resources.filter(isRecord).map(({ name }) => String(name)) : [];
    return new Set(names);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 404) return undefined;
    if (error.status === 503) return 'down';
    throw cannotList(server.address, { group, version, plural: group, kind: group }, error);
  }
}

function rootOf({ group, version }: Served): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

/** An item of a list has no kind of its own. */
function resourceOf(item: Record<string, unknown>, { group, version, kind }: Served): Resource[] {
  const metadata = isRecord(item.metadata) ? item.metadata : {};
  if (typeof metadata.name !== 'string') return [];
  if (group === 'projectcalico.org' && SHOWN_TWICE.test(metadata.name)) return [];
  const { managedFields: _, ...kept } = metadata;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const resource = { ...(kind === 'Pod' ? podParts(item) : item), apiVersion, kind, metadata: kept } as Resource;
  return [group === 'crd.projectcalico.org' ? asV3(resource) : resource];
}

/** What a verdict may hang on: of ten thousand pods the rest is a hundred megabytes, and what stands in their environment is secret. */
function podParts({ spec, status }: Record<string, unknown>): Record<string, unknown> {
  const { nodeName, hostNetwork, serviceAccountName, containers, initContainers } = isRecord(spec) ? spec : {};
  const { phase, podIP, podIPs, hostIP } = isRecord(status) ? status : {};
  const ports = (all: unknown) =>
    (Array.isArray(all) ? all : []).filter(isRecord).map((one) => ({ name: one.name, ports: one.ports }));
  return {
    spec: {
      nodeName,
      hostNetwork,
      serviceAccountName,
      containers: ports(containers),
      initContainers: ports(initContainers),
    },
    status: { phase, podIP, podIPs, hostIP },
  };
}

function mayNot(address: string, kinds: readonly Served[]): UserError {
  const rules = [...Map.groupBy(kinds, (kind) => kind.group)].map(([group, all]) => {
    // Calico's API asks for more of a policy: to see its tier, and the policies of that tier (docs: tiered RBAC).
    const tiers = all.some(({ plural }) => group === 'projectcalico.org' && plural.endsWith('policies'));
    const resources = all.flatMap(({ plural }) =>
      tiers && plural.endsWith('policies') ? [plural, `tier.${plural}`] : plural,
    );
    const named = tiers && !resources.includes('tiers') ? [...resources, 'tiers'] : resources;
    return `{apiGroups: ["${group}"], resources: [${named.join(', ')}], verbs: [${tiers ? 'get, list' : 'list'}]}`;
  });
  const names = kinds.map(nameOf).join(', ');
  return UserError.of(
    'forbidden',
    '',
    `this user may not list ${names} of ${address}, and a verdict may hang on them`,
    `Bind a ClusterRole to the user, with rules: [${rules.join(', ')}]`,
  );
}

function nameOf({ group, plural }: Served): string {
  return group === '' || group === plural ? plural : `${plural}.${group}`;
}

function cannotList(address: string, kind: Served, { message, status }: Refusal): UserError {
  const what = `${nameOf(kind)} of ${address} cannot be listed (${status}): ${message.slice(0, 200)}`;
  return UserError.of('cannot-list', '', what, 'See what `kubectl get` says of them, and whether their API is well.');
}

function noCalico(address: string): UserError {
  const what = `${address} serves none of Calico's kinds: neither projectcalico.org/v3 nor crd.projectcalico.org/v1`;
  return UserError.of('no-calico', '', what, 'Is Calico installed there, and is it the right cluster?');
}
