/** Whom a policy means, place by place: its own selector, and each end of each of its rules, in the one grammar of Calico's selectors. */
import { isRecord } from '../../../cluster/raw.ts';
import { namespaceSelector, podSelector } from '../../../reachability/policy/kubernetes.ts';
import { entitySelector, globalSelector, namespacedSelector } from '../../../reachability/policy/selectors.ts';
import type { KubernetesObject } from '../rule.ts';
import { dialectOf, isGlobalPolicy } from './kinds.ts';

export interface End {
  /** `spec.podSelector`, `spec.ingress[0].from[1]`, `spec.egress[0].destination`. */
  readonly path: string;
  /** Of the policy itself; else of a rule in this direction. */
  readonly of: 'policy' | 'ingress' | 'egress';
  /** In a rule: the end that is not the policy's own. */
  readonly far: boolean;
  /** Everything that selects in one, as the engine asks it; `''` is anybody. */
  readonly selector: string;
  /** What it says of namespaces' labels, and where; absent where it says nothing. */
  readonly namespaces?: { readonly path: string; readonly selector: string };
  /** What takes away, where nothing beside it selects. */
  readonly notSelector: string;
  readonly nets: readonly { readonly path: string; readonly net: string }[];
}

/** Of what is no policy, none. What cannot be read is left out. */
export function endsOf(object: KubernetesObject): End[] {
  switch (dialectOf(object)) {
    case 'kubernetes':
      return kubernetesEnds(object);
    case 'calico':
      return calicoEnds(object);
    case 'cluster':
      return clusterEnds(object);
    default:
      return [];
  }
}

const nobody = { far: false, notSelector: '', nets: [] };

function kubernetesEnds({ spec, namespace }: KubernetesObject): End[] {
  const own: End = {
    ...nobody,
    path: 'spec.podSelector',
    of: 'policy',
    selector: namespacedSelector(namespace, podSelector(spec.podSelector), ''),
  };
  return [own, ...peersOf(spec, (peer, path, of) => kubernetesPeer(peer, path, of, namespace))];
}

function kubernetesPeer(peer: Raw, path: string, of: Direction, namespace: string): End {
  if (isRecord(peer.ipBlock)) {
    const nets = [{ path: `${path}.ipBlock.cidr`, net: text(peer.ipBlock.cidr) }];
    return { path, of, far: true, selector: '', notSelector: '', nets };
  }
  const namespaces = isRecord(peer.namespaceSelector) ? namespaceSelector(peer.namespaceSelector) : '';
  return {
    path,
    of,
    far: true,
    selector: whole({ selector: podSelector(peer.podSelector), namespaceSelector: namespaces }, namespace),
    ...(namespaces === '' ? {} : { namespaces: { path: `${path}.namespaceSelector`, selector: namespaces } }),
    notSelector: '',
    nets: [],
  };
}

function clusterEnds({ spec }: KubernetesObject): End[] {
  const subject = clusterPeer(isRecord(spec.subject) ? spec.subject : {}, 'spec.subject', 'policy');
  return [{ ...subject, far: false }, ...peersOf(spec, clusterPeer)];
}

/** `{namespaces}` or `{pods: {namespaceSelector, podSelector}}`; and nets, of what it may reach. */
function clusterPeer(peer: Raw, path: string, of: End['of']): End {
  const nets = texts(peer.networks).map((net, i) => ({ path: `${path}.networks[${i}]`, net }));
  const pods = isRecord(peer.pods) ? peer.pods : undefined;
  const written = pods?.namespaceSelector ?? peer.namespaces;
  if (!isRecord(written)) return { path, of, far: true, selector: '', notSelector: '', nets };
  const namespaces = namespaceSelector(written);
  const selector = globalSelector(podSelector(pods?.podSelector), namespaces, '');
  const at = pods === undefined ? `${path}.namespaces` : `${path}.pods.namespaceSelector`;
  return { path, of, far: true, selector, namespaces: { path: at, selector: namespaces }, notSelector: '', nets };
}

function calicoEnds(object: KubernetesObject): End[] {
  const { spec } = object;
  const isGlobal = isGlobalPolicy(object);
  const namespace = isGlobal ? '' : object.namespace;
  const [selector, namespaces, accounts] = [spec.selector, spec.namespaceSelector, spec.serviceAccountSelector].map(
    text,
  );
  const own: End = {
    ...nobody,
    path: 'spec.selector',
    of: 'policy',
    selector: isGlobal
      ? globalSelector(selector ?? '', namespaces ?? '', accounts ?? '')
      : namespacedSelector(namespace, selector ?? '', accounts ?? ''),
    ...(!isGlobal || namespaces === undefined || namespaces === ''
      ? {}
      : { namespaces: { path: 'spec.namespaceSelector', selector: namespaces } }),
  };
  const ends = directions.flatMap((of) =>
    list(spec[of]).flatMap((rule, i) =>
      (['source', 'destination'] as const).flatMap((end) => {
        const entity = isRecord(rule) ? rule[end] : undefined;
        const far = (of === 'ingress') === (end === 'source');
        return isRecord(entity) ? [calicoEnd(entity, `spec.${of}[${i}].${end}`, of, far, namespace)] : [];
      }),
    ),
  );
  return [own, ...ends];
}

function calicoEnd(entity: Raw, path: string, of: Direction, far: boolean, namespace: string): End {
  const namespaces = text(entity.namespaceSelector);
  const notSelector = text(entity.notSelector);
  const accounts = isRecord(entity.serviceAccounts) ? entity.serviceAccounts : {};
  const selector = entitySelector(
    {
      selector: text(entity.selector),
      notSelector,
      namespaceSelector: namespaces,
      serviceAccounts: { names: texts(accounts.names), selector: text(accounts.selector) },
    },
    namespace,
  );
  return {
    path,
    of,
    far,
    selector,
    ...(namespaces === '' ? {} : { namespaces: { path: `${path}.namespaceSelector`, selector: namespaces } }),
    notSelector: selector === '' ? notSelector : '',
    nets: texts(entity.nets).map((net, i) => ({ path: `${path}.nets[${i}]`, net })),
  };
}

type Raw = Readonly<Record<string, unknown>>;
type Direction = 'ingress' | 'egress';
const directions = ['ingress', 'egress'] as const;

/** `from` of what comes in, `to` of what goes out. */
function peersOf(spec: Raw, end: (peer: Raw, path: string, of: Direction) => End): End[] {
  return directions.flatMap((of) =>
    list(spec[of]).flatMap((rule, i) => {
      const key = of === 'ingress' ? 'from' : 'to';
      const peers = isRecord(rule) ? list(rule[key]) : [];
      return peers.flatMap((peer, j) => (isRecord(peer) ? [end(peer, `spec.${of}[${i}].${key}[${j}]`, of)] : []));
    }),
  );
}

function whole(selectors: { selector: string; namespaceSelector: string }, namespace: string): string {
  return entitySelector({ ...selectors, notSelector: '', serviceAccounts: { names: [], selector: '' } }, namespace);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): string[] {
  return list(value).filter((one) => typeof one === 'string');
}
