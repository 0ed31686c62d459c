/** What a rule says, in words: who, and on which ports. Selectors stand as they are written. */
import { fields, groupOf, isFields, list, type Resource, text, textMap, texts } from './raw.ts';
import type { Direction } from './types.ts';

type Raw = Readonly<Record<string, unknown>>;

/** `allow from pods with app=prometheus of namespace monitoring on tcp/8080`. With `peer`, of that one alone. */
export function ruleText(resource: Resource, direction: Direction, index: number, peer?: number): string {
  const rule = fields(list(fields(resource.spec)[direction])[index]);
  const [word, key] = direction === 'ingress' ? ['from', 'from'] : ['to', 'to'];
  if (groupOf(resource).endsWith('projectcalico.org')) return calicoText(rule, direction);
  const all = list(rule[key]).map(fields);
  const chosen = peer === undefined ? all : all.slice(peer, peer + 1);
  const own = resource.kind === 'NetworkPolicy' ? text(resource.metadata.namespace) : undefined;
  const who = chosen.length === 0 ? 'anywhere' : chosen.map((one) => peerText(one, own)).join(' or ');
  const ports = (resource.kind === 'NetworkPolicy' ? kubernetesPorts(rule) : clusterPorts(rule)).join(', ');
  // A rule of Kubernetes' own has no action: it allows.
  const action = (text(rule.action) || 'allow').replace('Accept', 'allow').toLowerCase();
  return `${action} ${word} ${who} on ${ports || 'every port'}`;
}

/** @param own namespace that pods without a namespaceSelector are of; undefined where they are of any */
function peerText(peer: Raw, own: string | undefined): string {
  if (isFields(peer.ipBlock)) {
    const except = texts(peer.ipBlock.except);
    return `${text(peer.ipBlock.cidr)}${except.length === 0 ? '' : ` but ${except.join(', ')}`}`;
  }
  const networks = texts(peer.networks);
  if (networks.length > 0) return networks.join(', ');
  // ClusterNetworkPolicy: `{namespaces}`, or both selectors below `pods`.
  const { podSelector, namespaceSelector } = isFields(peer.pods)
    ? peer.pods
    : { podSelector: peer.podSelector, namespaceSelector: peer.namespaceSelector ?? peer.namespaces };
  const labels = requirements(fields(podSelector));
  const pods = labels === '' ? 'pods' : `pods with ${labels}`;
  return `${pods} of ${isFields(namespaceSelector) || own === undefined ? namespaces(fields(namespaceSelector)) : `namespace ${own}`}`;
}

function namespaces(selector: Raw): string {
  const name = fields(selector.matchLabels)['kubernetes.io/metadata.name'];
  const labels = requirements(selector);
  if (typeof name === 'string' && labels === `kubernetes.io/metadata.name=${name}`) return `namespace ${name}`;
  return labels === '' ? 'any namespace' : `namespaces with ${labels}`;
}

function requirements(selector: Raw): string {
  const expressions = list(selector.matchExpressions).map((entry) => {
    const { key, operator, values } = fields(entry);
    const set = `(${list(values).map(String).join(', ')})`;
    if (operator === 'In') return `${text(key)} in ${set}`;
    if (operator === 'NotIn') return `${text(key)} not in ${set}`;
    return operator === 'Exists' ? text(key) : `no ${text(key)}`;
  });
  return [...textMap(selector.matchLabels).map(([key, value]) => `${key}=${value}`), ...expressions].join(' and ');
}

function kubernetesPorts({ ports }: Raw): string[] {
  return list(ports).map((entry) => {
    const { protocol, port, endPort } = fields(entry);
    const name = (text(protocol) || 'TCP').toLowerCase();
    if (port === undefined || port === null) return `all ${name}`;
    return `${name}/${String(port)}${endPort === undefined || endPort === null ? '' : `-${String(endPort)}`}`;
  });
}

/** Of ClusterNetworkPolicy `protocols`, of AdminNetworkPolicy `ports`. */
function clusterPorts({ protocols, ports }: Raw): string[] {
  const named = list(protocols).flatMap((entry) =>
    Object.entries(fields(entry)).map(([name, value]) => {
      if (name === 'destinationNamedPort') return `the port named ${String(value)}`;
      const { number, range } = fields(fields(value).destinationPort);
      if (typeof number === 'number') return `${name}/${number}`;
      return isFields(range) ? `${name}/${String(range.start)}-${String(range.end)}` : `all ${name}`;
    }),
  );
  const numbered = list(ports).map((entry) => {
    const { portNumber, portRange, namedPort } = fields(entry);
    const { protocol, port, start, end } = fields(portNumber ?? portRange);
    if (portNumber === undefined && portRange === undefined) return `the port named ${String(namedPort)}`;
    return `${(text(protocol) || 'TCP').toLowerCase()}/${String(port ?? `${String(start)}-${String(end)}`)}`;
  });
  return [...named, ...numbered];
}

/** Calico's own: both ends may be narrowed whichever the direction, and each may be negated. */
function calicoText(rule: Raw, direction: Direction): string {
  const [source, destination] = [entityText(fields(rule.source)), entityText(fields(rule.destination))];
  const negated = rule.notProtocol === undefined ? '' : ` not ${String(rule.notProtocol)}`;
  const protocol = rule.protocol === undefined ? negated : ` ${String(rule.protocol)}`;
  const icmp = (['icmp', 'notICMP'] as const).flatMap((key) => {
    const { type, code } = fields(rule[key]);
    const numbers = `type ${String(type)}${code === undefined ? '' : ` code ${String(code)}`}`;
    return rule[key] === undefined ? [] : [key === 'icmp' ? ` ${numbers}` : ` but ${numbers}`];
  });
  const ends = [
    ...(source === '' && direction === 'egress' ? [] : [`from ${source || 'anywhere'}`]),
    ...(destination === '' && direction === 'ingress' ? [] : [`to ${destination || 'anywhere'}`]),
  ];
  const http = rule.http === undefined || rule.http === null ? '' : ' where HTTP is as it says';
  const family = rule.ipVersion === undefined ? '' : ` IPv${String(rule.ipVersion)}`;
  return `${text(rule.action).toLowerCase()}${family}${protocol.toLowerCase()}${icmp.join('')} ${ends.join(' ')}${http}`;
}

function entityText(entity: Raw): string {
  const accounts = fields(entity.serviceAccounts);
  const { name, namespace } = fields(entity.services);
  const several = (word: string, value: unknown) => {
    const all = list(value).map(String);
    return all.length === 0 ? [] : [`${word}${all.join(', ')}`];
  };
  const words = [
    ...(text(entity.selector) === '' ? [] : [`whom ${text(entity.selector)} selects`]),
    ...(text(entity.notSelector) === '' ? [] : [`whom ${text(entity.notSelector)} does not select`]),
    ...(text(entity.namespaceSelector) === '' ? [] : [`of namespaces that ${text(entity.namespaceSelector)} selects`]),
    ...several('of service accounts ', accounts.names),
    ...(text(accounts.selector) === '' ? [] : [`of service accounts that ${text(accounts.selector)} selects`]),
    ...several('', entity.nets),
    ...several('outside of ', entity.notNets),
    ...(text(name) === ''
      ? []
      : [`behind service ${text(namespace) === '' ? '' : `${text(namespace)}/`}${text(name)}`]),
    ...several('port ', entity.ports),
    ...several('any port but ', entity.notPorts),
  ].join(' ');
  return words.startsWith('of ') ? `pods ${words}` : words;
}
