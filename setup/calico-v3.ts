/**
 * Derives native projectcalico.org/v3 definitions from Calico's crd.projectcalico.org/v1 ones.
 *
 * The v1 definitions are the storage form of the same Go types, so the schema of the spec is the same. Compared with
 * the v3 definitions that Calico ships itself since v3.32: 16 of 18 kinds differ in nothing but descriptions; IPPool
 * and Tier lack `.status`.
 */
import { parseAllDocuments, stringify } from 'yaml';

const storageGroup = 'crd.projectcalico.org';
const group = 'projectcalico.org';

/** Calico v3.32 api/config/crd: the short names of the v3 kinds. */
const shortNames: Readonly<Record<string, readonly string[]>> = {
  globalnetworkpolicies: ['gnp', 'cgnp'],
  networkpolicies: ['cnp', 'caliconetworkpolicy'],
  hostendpoints: ['hep', 'heps'],
  globalnetworksets: ['gns'],
};

/** Policies lie in a tier; `kubectl` shows and selects by it. */
const tiered: ReadonlySet<string> = new Set(['globalnetworkpolicies', 'networkpolicies']);

/** Calico's own IPAM keeps these where they are: they are not for programs. */
const internal: ReadonlySet<string> = new Set(['ipamconfigs', 'ipamblocks', 'ipamhandles', 'blockaffinities']);

interface Definition {
  kind: string;
  metadata: { name: string };
  spec: {
    group: string;
    preserveUnknownFields?: boolean;
    names: { plural: string; shortNames?: readonly string[] };
    versions: Array<Record<string, unknown> & { schema: { openAPIV3Schema: Record<string, unknown> } }>;
  };
}

/** Kubernetes reads YAML 1.1, where a bare `Off` is a boolean: 1.2 would leave the enum value `Off` without quotes. */
const yaml = { version: '1.1', aliasDuplicateObjects: false } as const;

/** From the text of a Calico release manifest to the text of the v3 definitions, in the manifest's order. */
export function calicoV3(manifest: string): string {
  const definitions = definitionsOf(manifest, storageGroup).filter(({ spec }) => !internal.has(spec.names.plural));
  if (definitions.length === 0) throw new Error('the Calico manifest holds no resource definitions');
  return definitions.map((definition) => stringify(native(definition), yaml)).join('---\n');
}

/** The cluster-wide policies of SIG Network that the release enforces, as its manifest has them: AdminNetworkPolicy and its like. */
export function clusterPolicies(manifest: string): string {
  const definitions = definitionsOf(manifest, 'policy.networking.k8s.io');
  return definitions.map((definition) => stringify(definition, yaml)).join('---\n');
}

/** What Calico's IPAM keeps its books in, as the manifest has it: crd.projectcalico.org/v1. */
export function calicoIpam(manifest: string): string {
  const definitions = definitionsOf(manifest, storageGroup).filter(({ spec }) => internal.has(spec.names.plural));
  return definitions.map((definition) => stringify(definition, yaml)).join('---\n');
}

function definitionsOf(manifest: string, group: string): Definition[] {
  return parseAllDocuments(manifest, yaml)
    .map((document) => document.toJS() as Definition | null)
    .filter((value): value is Definition => value?.kind === 'CustomResourceDefinition' && value.spec.group === group);
}

function native({ metadata, spec, ...rest }: Definition): Definition {
  const { plural } = spec.names;
  const { preserveUnknownFields: _, ...kept } = spec;
  const [version] = spec.versions;
  if (version === undefined || spec.versions.length !== 1)
    throw new Error(`${metadata.name} has not exactly one version`);
  const short = shortNames[plural];
  return {
    ...rest,
    metadata: { ...metadata, name: `${plural}.${group}` },
    spec: {
      ...kept,
      group,
      names: { ...spec.names, ...(short === undefined ? {} : { shortNames: short }) },
      versions: [
        {
          ...version,
          name: 'v3',
          schema: { openAPIV3Schema: { ...version.schema.openAPIV3Schema, required: ['metadata', 'spec'] } },
          ...(tiered.has(plural) ? tierColumns : {}),
        },
      ],
    },
  };
}

const tierColumns = {
  selectableFields: [{ jsonPath: '.spec.tier' }],
  additionalPrinterColumns: [
    { name: 'Tier', type: 'string', jsonPath: '.spec.tier' },
    { name: 'Order', type: 'number', jsonPath: '.spec.order' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
};
