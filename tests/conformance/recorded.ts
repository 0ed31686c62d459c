/**
 * Verdicts recorded from Calico and from two engines for Kubernetes' policies. They lie beside this file, packed; with
 * CALISPRAY_CONFORMANCE=FOLDER the unpacked ones of that folder are taken, however many they are.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Query, type Resource, resourcesIn } from '../../reachability/index.ts';

export interface RecordedSide {
  readonly verdict: string;
  readonly trace: readonly string[];
}

export interface Recorded {
  readonly query: Query;
  readonly expect: string;
  /** Absent where only the verdict was recorded. */
  readonly egress?: RecordedSide;
  readonly ingress?: RecordedSide;
}

export interface RecordedWorld {
  readonly name: string;
  readonly resources: readonly Resource[];
  readonly recorded: readonly Recorded[];
}

export interface RecordedResource {
  readonly name: string;
  readonly ok: boolean;
  readonly resource: unknown;
}

const folder = process.env.CALISPRAY_CONFORMANCE;

export const calicoWorlds = (): RecordedWorld[] =>
  folder === undefined
    ? packed<PackedCalico[]>('calico').map(unpackCalico)
    : unpacked('calico', 'world-').map(calicoWorld);

export const kubernetesWorlds = (): RecordedWorld[] => {
  if (folder === undefined) return unpackKubernetes(packed('kubernetes'));
  const world = json(join(folder, 'kubernetes', 'world.json'));
  return unpacked('kubernetes', 'case-').map(({ name, value }) => ({
    name,
    resources: [...resources(world), ...resources(value.policies ?? [])],
    recorded: value.queries.map(({ expect, ...query }: Query & { expect: string }) => ({ query, expect })),
  }));
};

export const recordedResources = (): RecordedResource[] =>
  folder === undefined ? packed('validation') : json(join(folder, 'validation', 'cases.json'));

/** More of them, recorded from the same validator: resources with a mistake or two. */
export const moreResources = (): RecordedResource[] =>
  packed<[boolean, unknown][]>('validation-more').map(([ok, resource], i) => ({ name: `more ${i}`, ok, resource }));

/** A thousand pods in twenty namespaces, a hundred policies of Kubernetes. */
export const largeWorld = (): Resource[] => resources(packed('large-world'));

// biome-ignore lint/suspicious/noExplicitAny: recorded files are as they are; a wrong one fails the tests.
type Json = any;

function json(file: string): Json {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function packed<T>(name: string): T {
  return JSON.parse(gunzipSync(readFileSync(new URL(`${name}.json.gz`, import.meta.url))).toString());
}

function unpacked(part: string, prefix: string): { name: string; value: Json }[] {
  const at = join(folder as string, part);
  const files = readdirSync(at).filter((file) => file.startsWith(prefix));
  return files.sort().map((file) => ({ name: file.replace('.json', ''), value: json(join(at, file)) }));
}

function resources(value: unknown): Resource[] {
  return resourcesIn(value) ?? [];
}

function calicoWorld({ name, value }: { name: string; value: Json }): RecordedWorld {
  const side = ({ verdict, trace = [] }: Json): RecordedSide => ({ verdict, trace });
  return {
    name,
    resources: resources(value),
    recorded: value.queries.map(({ expect, egress, ingress, ...query }: Json) => ({
      query,
      expect,
      egress: side(egress),
      ingress: side(ingress),
    })),
  };
}

/** Ends and traces are said once, numbers of queries in columns; -1 is none. */
interface PackedCalico {
  readonly case: string;
  readonly resources: unknown;
  readonly ends: readonly string[];
  readonly traces: readonly (readonly string[])[];
  readonly columns: readonly [
    number[],
    number[],
    string[],
    number[],
    number[],
    number[],
    number[],
    string[],
    number[],
    number[],
  ];
}

const words: Readonly<Record<string, string>> = { a: 'allow', d: 'deny', u: 'unpoliced' };

function unpackCalico(world: PackedCalico): RecordedWorld {
  const [srcs, dsts, protos, ports, srcPorts, types, codes, verdicts, egresses, ingresses] = world.columns;
  return {
    name: world.case,
    resources: resources(world.resources),
    recorded: srcs.map((src, i) => {
      const [expect, egress, ingress] = [...(verdicts[i] as string)].map((letter) => words[letter] as string);
      const numbers = { port: ports[i], srcPort: srcPorts[i], icmpType: types[i], icmpCode: codes[i] };
      const asked = Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== -1));
      return {
        query: {
          src: world.ends[src] as string,
          dst: world.ends[dsts[i] as number] as string,
          proto: protos[i] as string,
          ...asked,
        },
        expect: expect as string,
        egress: { verdict: egress as string, trace: world.traces[egresses[i] as number] ?? [] },
        ingress: { verdict: ingress as string, trace: world.traces[ingresses[i] as number] ?? [] },
      };
    }),
  };
}

/** Every case asks the same queries of the same pods. */
interface PackedKubernetes {
  readonly resources: unknown;
  readonly queries: readonly [string, string, string, number][];
  readonly cases: readonly {
    readonly case: string;
    readonly description: string;
    readonly policies: unknown;
    readonly verdicts: string;
  }[];
}

function unpackKubernetes(all: PackedKubernetes): RecordedWorld[] {
  return all.cases.map(({ case: name, description, policies, verdicts }) => ({
    name: `${name} (${description})`,
    resources: [...resources(all.resources), ...resources(policies ?? [])],
    recorded: all.queries.map(([src, dst, proto, port], i) => ({
      query: { src, dst, proto, port },
      expect: words[verdicts[i] as string] as string,
    })),
  }));
}
