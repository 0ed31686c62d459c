/**
 * What the engine showed the pack of one run, resource by resource. Rules that need several resources judge from here
 * and not from what a stack policy is given: those are outputs, which a preview has none of where the cluster, and with
 * it the provider's kubeconfig, is still to be made (pulumi 3.259.0 pkg/resource/plugin/provider_plugin.go Create).
 */

import { isRecord } from '../../cluster/raw.ts';
import type { DeclaredWorld, KubernetesObject } from '../objects/rule.ts';
import { knownIn, PLACEHOLDER } from './known.ts';
import { Reading } from './reading.ts';

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

  /** The inventory as it was read for the policies asked before, until one of them is asked again: then it is another call of the engine. */
  inventory(urn: string, inputs: Readonly<Record<string, unknown>>, asking: string): Reading {
    return read(this.inventories, urn, inputs, asking);
  }

  /** The plan, in the same way. */
  plan(urn: string, inputs: Readonly<Record<string, unknown>>, asking: string): Reading {
    return read(this.plans, urn, inputs, asking);
  }

  object(urn: string, inputs: Readonly<Record<string, unknown>>): KubernetesObject {
    const object = objectOf(urn, inputs);
    this.objects.set(urn, object);
    return object;
  }
}

function read(
  known: Map<string, Reading>,
  urn: string,
  inputs: Readonly<Record<string, unknown>>,
  asking: string,
): Reading {
  const before = known.get(urn);
  const reading = before === undefined || before.asked.has(asking) ? new Reading(inputs) : before;
  reading.asked.add(asking);
  known.set(urn, reading);
  return reading;
}

/** `kubernetes:core/v1:Service`; not `kubernetes:yaml:ConfigFile`, which only holds objects. */
export function isKubernetes(type: string): boolean {
  return /^kubernetes:[^:]*\/[^:]+:[A-Za-z]+$/.test(type);
}

export function objectOf(urn: string, inputs: Readonly<Record<string, unknown>>): KubernetesObject {
  const { value, unknown } = knownIn(inputs);
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  return {
    urn,
    apiVersion: text(value.apiVersion),
    kind: text(value.kind),
    name: text(metadata.name),
    namespace: text(metadata.namespace) || 'default',
    labels: isRecord(metadata.labels) ? metadata.labels : {},
    spec: isRecord(value.spec) ? value.spec : {},
    unknown: unknown.map((path) => path.join('.')),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' && value !== PLACEHOLDER ? value : '';
}
