/**
 * What the engine showed the pack of one run, resource by resource. Rules that need several resources judge from here
 * and not from what a stack policy is given: those are outputs, which a preview has none of where the cluster, and with
 * it the provider's kubeconfig, is still to be made (pulumi 3.259.0 pkg/resource/plugin/provider_plugin.go Create).
 */

import { isRecord } from '../../cluster/raw.ts';
import type { DeclaredWorld, KubernetesObject } from '../objects/rule.ts';
import { knownIn, PLACEHOLDER } from './known.ts';
import { Reading } from './reading.ts';
import { worldFrom } from './world-inputs.ts';

/** Type of the component whose inputs are a DeclaredWorld. */
export const WORLD = 'calispray:reachability:World';

/** Type of the component whose inputs are a Subject; other programs that use it are judged the same way. */
export const INVENTORY = 'calispray:kubespray:Inventory';

/** Type of the component whose input `change` is judged by the rules about changes. */
export const PLAN = 'calispray:kubespray:Plan';

export class Seen {
  /** By URN. */
  readonly inventories = new Map<string, Reading>();
  readonly plans = new Map<string, Reading>();
  readonly objects = new Map<string, KubernetesObject>();
  /** What is said of the cluster that the objects go to. */
  readonly worlds = new Map<string, DeclaredWorld>();
  /** Inventories whose MTU was put right, and whether the files that go with them were. */
  readonly corrected = new Map<string, 'inputs' | 'files' | 'later'>();
  /** Codes of the rules over objects that the stack was asked for: those that nobody disabled. */
  readonly asked = new Set<string>();
  /** Goes up with everything that is seen: what was judged before is then judged anew. */
  changes = 0;

  /** The inventory as it was read for the policies asked before, until one of them is asked again: then it is another call of the engine. */
  inventory(urn: string, inputs: Readonly<Record<string, unknown>>, asking: string): Reading {
    return this.read(this.inventories, urn, inputs, asking);
  }

  /** The plan, in the same way. */
  plan(urn: string, inputs: Readonly<Record<string, unknown>>, asking: string): Reading {
    return this.read(this.plans, urn, inputs, asking);
  }

  object(urn: string, inputs: Readonly<Record<string, unknown>>): KubernetesObject {
    const object = objectOf(urn, inputs);
    this.objects.set(urn, object);
    this.changes += 1;
    return object;
  }

  world(urn: string, inputs: Readonly<Record<string, unknown>>): void {
    this.worlds.set(urn, worldFrom(urn, inputs));
    this.changes += 1;
  }

  private read(
    known: Map<string, Reading>,
    urn: string,
    inputs: Readonly<Record<string, unknown>>,
    asking: string,
  ): Reading {
    const before = known.get(urn);
    if (before !== undefined && !before.asked.has(asking)) {
      before.asked.add(asking);
      return before;
    }
    const reading = new Reading(inputs);
    reading.asked.add(asking);
    known.set(urn, reading);
    this.changes += 1;
    return reading;
  }
}

/** `kubernetes:core/v1:Service`; not `kubernetes:yaml:ConfigFile`, which only holds objects. */
export function isKubernetes(type: string): boolean {
  return /^kubernetes:[^:]*\/[^:]+:[A-Za-z]+$/.test(type);
}

const usual: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'spec', 'status']);
/** Fields of ObjectMeta (apimachinery pkg/apis/meta/v1/types.go). */
export const usualMetadata: ReadonlySet<string> = new Set([
  ...['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'generation', 'creationTimestamp'],
  ...['deletionTimestamp', 'deletionGracePeriodSeconds', 'labels', 'annotations', 'ownerReferences', 'finalizers'],
  'managedFields',
]);

export function objectOf(urn: string, inputs: Readonly<Record<string, unknown>>): KubernetesObject {
  const { value, unknown } = knownIn(inputs);
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  const others = [
    ...Object.keys(value).filter((name) => !usual.has(name)),
    ...Object.keys(metadata).flatMap((name) => (usualMetadata.has(name) ? [] : [`metadata.${name}`])),
  ];
  return {
    urn,
    apiVersion: text(value.apiVersion),
    kind: text(value.kind),
    name: text(metadata.name),
    namespace: text(metadata.namespace) || 'default',
    labels: isRecord(metadata.labels) ? metadata.labels : {},
    spec: isRecord(value.spec) ? value.spec : {},
    ...(others.length === 0 ? {} : { others }),
    unknown: unknown.map((path) => path.join('.')),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' && value !== PLACEHOLDER ? value : '';
}
