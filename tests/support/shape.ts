/** Objects to be judged by the rules about shape, and what those say of them. */
import assert from 'node:assert/strict';
import type { Declared, KubernetesObject } from '../../policies/objects/rule.ts';
import { shapeRules } from '../../policies/objects/shape/index.ts';

export const CALICO = 'projectcalico.org/v3';
export const KUBERNETES = 'networking.k8s.io/v1';
export const MONITORING = 'monitoring.coreos.com/v1';

export interface Given {
  /** Of a patch, instead of the object. */
  readonly patch?: boolean;
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly name?: string;
  readonly others?: readonly string[];
}

export function object({ apiVersion, kind, spec, name = 'own', others, patch }: Given): KubernetesObject {
  const about = { apiVersion, kind, name, namespace: 'production', labels: {}, spec, unknown: [] };
  const urn = `urn:pulumi:dev::test::kubernetes:${apiVersion}:${kind}${patch ? 'Patch' : ''}::${name}`;
  return { urn, ...about, ...(others === undefined ? {} : { others }) };
}

export function declared(objects: readonly Given[], calico?: string): Declared {
  const world = { urn: 'world', resources: [], expect: [], origins: {} };
  const worlds = calico === undefined ? [] : [{ ...world, calico }];
  return { inventories: [], objects: objects.map(object), worlds };
}

/** `code path: message`, without the name of the object. */
export function judged(objects: readonly Given[], calico?: string): string[] {
  return shapeRules.flatMap((rule) =>
    rule.judge(declared(objects, calico)).map(({ path, message, hint }) => {
      assert.ok(hint.length > 5 && /[.\])`]$/.test(hint), hint);
      return `${rule.code} ${path}: ${message.replace(/^\w+ (production\/)?\S+?(: | )/, '')}`;
    }),
  );
}

export const rule = (more: object) => ({ types: ['Ingress'], ingress: [{ action: 'Allow', ...more }] });
export const gnp = (spec: object): Given => ({
  apiVersion: CALICO,
  kind: 'GlobalNetworkPolicy',
  spec: spec as Given['spec'],
});
export const np = (spec: object): Given => ({
  apiVersion: KUBERNETES,
  kind: 'NetworkPolicy',
  spec: spec as Given['spec'],
});
export const monitor = (endpoint: object): Given => ({
  apiVersion: MONITORING,
  kind: 'ServiceMonitor',
  spec: { selector: {}, endpoints: [{ port: 'metrics', ...endpoint }] },
});
export const relabel = (step: object) => monitor({ relabelings: [step] });
export const rules = (...of: object[]): Given => ({
  apiVersion: MONITORING,
  kind: 'PrometheusRule',
  spec: { groups: [{ name: 'calico', rules: of }] },
});
