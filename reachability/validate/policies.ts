/** Policies, tiers and profiles of projectcalico.org/v3 (validator.go validateNetworkPolicySpec and its neighbours, CRDs). */
import { portOf } from '../policy/policy.ts';
import { type Fields, fields, isFields, list, text, texts } from '../raw.ts';
import {
  all,
  always,
  bool,
  type Check,
  entry,
  float,
  int,
  listOf,
  oneOf,
  type Rule,
  str,
  struct,
  textMap,
} from './checks.ts';
import { labels, metadata } from './meta.ts';
import { isSet, rule } from './rule.ts';
import { globalPolicyName, name, networkPolicyName, selector, tierName } from './texts.ts';

const common = {
  // It is copied into a label.
  tier: str({ longest: 63 }, name),
  order: float,
  ingress: listOf(rule),
  egress: listOf(rule),
  selector: str({}, selector),
  types: listOf(entry(oneOf('Ingress', 'Egress')), { most: 2 }),
  serviceAccountSelector: str({}, selector),
  performanceHints: listOf(entry(oneOf('AssumeNeededOnEveryNode'))),
};

const shared: Rule = (spec, at) => [
  twice(spec.types) && `${at}.types has one twice`,
  twice(spec.performanceHints) && `${at}.performanceHints has one twice`,
  ...(['selector', 'serviceAccountSelector', 'namespaceSelector'] as const).map(
    (field) =>
      text(spec[field]).includes('global()') && `${at}.${field}: global() belongs into the namespaceSelector of a rule`,
  ),
  ...list(spec.egress)
    .map(fields)
    .flatMap((r, i) => [
      isFields(fields(r.source).services) && `${at}.egress[${i}].source.services: services are destinations there`,
      isSet(r.http) && `${at}.egress[${i}].http belongs into ingress rules`,
    ]),
  ...list(spec.ingress)
    .map(fields)
    .map(
      (r, i) =>
        isFields(fields(r.destination).services) &&
        `${at}.ingress[${i}].destination.services: services are sources there`,
    ),
];

function twice(value: unknown): boolean {
  return new Set(texts(value)).size !== texts(value).length;
}

const namespacedSpec = always(struct(common, shared));

const globalRules: Rule = (spec, at) => {
  // The types that the API fills in count too.
  const types = texts(spec.types).length > 0 ? texts(spec.types) : list(spec.egress).length > 0 ? ['Egress'] : [];
  const nameless = (rules: unknown, end: 'source' | 'destination') =>
    list(rules).some(
      (r) =>
        isFields(fields(fields(r)[end]).services) && text(fields(fields(fields(r)[end]).services).namespace) === '',
    );
  return [
    spec.doNotTrack === true && spec.preDNAT === true && `${at}: preDNAT and doNotTrack cannot both be true`,
    spec.preDNAT === true &&
      (list(spec.egress).length > 0 || types.includes('Egress')) &&
      `${at}: preDNAT is for ingress alone`,
    spec.applyOnForward !== true &&
      (spec.doNotTrack === true || spec.preDNAT === true) &&
      `${at}.applyOnForward must be true with preDNAT or doNotTrack`,
    (nameless(spec.egress, 'destination') || nameless(spec.ingress, 'source')) &&
      `${at}: services of a policy without a namespace need theirs`,
  ];
};

const globalFields = {
  ...common,
  doNotTrack: bool,
  preDNAT: bool,
  applyOnForward: bool,
  namespaceSelector: str({}, selector),
};
const globalSpec = always(struct(globalFields, shared, globalRules));

export const networkPolicy = struct({ metadata: metadata(networkPolicyName), spec: namespacedSpec });
export const globalNetworkPolicy = struct({ metadata: metadata(globalPolicyName), spec: globalSpec });

const stagedAction = str({}, oneOf('Set', 'Delete', 'Learn', 'Ignore'));

/** One that deletes says nothing else, but for its tier; the others say what they would enforce. */
function staged(enforced: Check, typesOfNothing: boolean): Check {
  return always((value, at) => {
    const { stagedAction: action, tier, ...rest } = fields(value);
    if (action !== 'Delete') return all(struct({ stagedAction }), enforced)(value, at);
    const wrong = struct({ stagedAction, ...globalFields })(value, at);
    // `types` are filled in before anybody looks, so such a policy is never empty.
    const empty = !typesOfNothing && Object.values(rest).every(isZero);
    return empty ? wrong : [...wrong, `${at}: a policy that stages a deletion says nothing but its tier`];
  });
}

function isZero(value: unknown): boolean {
  if (value === null || value === undefined || value === '' || value === false || value === 0) return true;
  return Array.isArray(value) ? value.length === 0 : isFields(value) && Object.values(value).every(isZero);
}

export const stagedNetworkPolicy = struct({
  metadata: metadata(networkPolicyName),
  spec: staged(namespacedSpec, true),
});
export const stagedGlobalNetworkPolicy = struct({
  metadata: metadata(globalPolicyName),
  spec: staged(globalSpec, true),
});

const word = str({});
const labelSelector = struct({
  matchLabels: textMap,
  matchExpressions: listOf(struct({ key: word, operator: word, values: listOf(entry()) })),
});
const peers = listOf(
  struct({
    podSelector: labelSelector,
    namespaceSelector: labelSelector,
    ipBlock: struct({ cidr: word, except: listOf(entry()) }),
  }),
);
/** A number, or a name; read as one text, with the range's end behind it. */
const kubernetesPort = struct(
  { protocol: str({ pointer: true }), endPort: int({ min: -2147483648, max: 2147483647, pointer: true }) },
  ({ port, endPort }, at) => [
    isSet(port) &&
      portOf(isSet(endPort) ? `${port}:${endPort}` : String(port)) === undefined &&
      `${at}.port: ${JSON.stringify(port)} is no port, or begins no range`,
  ],
);
/** Of Kubernetes' own form; what else is wrong in it, Kubernetes would say when it is enforced. */
const kubernetesSpec = struct({
  stagedAction,
  podSelector: labelSelector,
  ingress: listOf(struct({ from: peers, ports: listOf(kubernetesPort) })),
  egress: listOf(struct({ to: peers, ports: listOf(kubernetesPort) })),
  policyTypes: listOf(entry()),
});
export const stagedKubernetesNetworkPolicy = struct({ metadata: metadata(), spec: staged(kubernetesSpec, false) });

const orders: Readonly<Record<string, number>> = {
  'kube-admin': 1_000,
  default: 1_000_000,
  'kube-baseline': 10_000_000,
};
const endings: Readonly<Record<string, string>> = { 'kube-admin': 'Pass', default: 'Deny', 'kube-baseline': 'Pass' };

const LONGEST_TIER = 63;

export const tier = struct(
  {
    metadata: metadata(tierName, LONGEST_TIER),
    spec: struct({ order: float, defaultAction: str({ pointer: true }, oneOf('Pass', 'Deny')) }),
  },
  ({ metadata: meta, spec }: Fields, at) => {
    const own = text(fields(meta).name);
    const { order, defaultAction = 'Deny' } = fields(spec);
    return [
      own in orders && order !== orders[own] && `${at}.spec.order of the tier ${own} must be ${orders[own]}`,
      own in endings &&
        (defaultAction ?? 'Deny') !== endings[own] &&
        `${at}.spec.defaultAction of the tier ${own} must be ${endings[own]}`,
    ];
  },
);

export const profile = struct({
  metadata: metadata(),
  spec: struct({ ingress: listOf(rule), egress: listOf(rule), labelsToApply: all(textMap, labels) }),
});
