/** Where everything set-up brings is found. */
import { existsSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Part, type PartSpec, placeOf } from './part.ts';
import { partNamed, parts } from './parts/index.ts';
import { cacheDirectory, digest } from './paths.ts';
import { isComplete } from './store.ts';

export interface Tools {
  readonly cache: string;
  /** To be put on PATH: `pulumi`, what belongs to it, `kubectl`. */
  readonly bin: string;
  readonly engine: string;
  readonly kubeApiserver: string;
  readonly kubeControllerManager: string;
  readonly etcd: string;
  readonly kubectl: string;
  /** Holds etcd, kube-apiserver, kube-controller-manager and kubectl and nothing else: the lab's nodes see it read-only. */
  readonly nodeBin: string;
  /** Holds `calico.yaml` (projectcalico.org/v3), `cluster-policies.yaml` (policy.networking.k8s.io) and `prometheus.yaml` (monitoring.coreos.com). */
  readonly crds: string;
  /** Hash-checked wheels with their `requirements.txt`, for the controller's own environment. */
  readonly wheels: string;
  /** Python environment of this machine: `bin/ansible-playbook`, `bin/ansible-inventory`. */
  readonly ansible: string;
  /** Root file system of the lab's nodes: a lower layer, never written to. */
  readonly base: string;
  readonly providers: 'official' | 'stand-in';
  /** `PULUMI_HOME` whose `plugins/` holds the official plugins; absent where stand-ins take their place. */
  readonly pulumiHome?: string;
  /** To be put on PATH, before `bin`, for the official `pulumi` alone: see parts/language-host.ts. */
  readonly languageHost: string;
  /** Checks and tries rules of Prometheus; for the tests alone, as is Prometheus itself. */
  readonly promtool: string;
  readonly prometheus: string;
}

/** Paths only: whether they are there, `ensureTools` sees to. */
export function toolPaths(cache: string = cacheDirectory()): Tools {
  const at = (part: Part, ...path: string[]): string => join(placeOf(partNamed(part), cache), ...path);
  const official = isComplete(at('providers'));
  return {
    cache,
    bin: collection(cache, 'bin'),
    engine: at('engine', 'bin', 'pulumi'),
    kubeApiserver: at('kube-apiserver', 'bin', 'kube-apiserver'),
    kubeControllerManager: at('kube-controller-manager', 'bin', 'kube-controller-manager'),
    etcd: at('etcd', 'bin', 'etcd'),
    kubectl: at('kubectl', 'bin', 'kubectl'),
    nodeBin: collection(cache, 'nodeBin'),
    crds: at('crds'),
    wheels: at('ansible', 'wheels'),
    ansible: at('ansible', 'venv'),
    base: at('base', 'rootfs'),
    providers: official ? 'official' : 'stand-in',
    ...(official ? { pulumiHome: at('providers') } : {}),
    languageHost: at('language-host', 'bin'),
    promtool: at('prometheus', 'bin', 'promtool'),
    prometheus: at('prometheus', 'bin', 'prometheus'),
  };
}

type Collection = 'bin' | 'nodeBin';
const names: Readonly<Record<Collection, string>> = { bin: 'bin', nodeBin: 'node-bin' };

/** Named after what it collects: two checkouts with other versions share a cache, and not a folder of links. */
function collection(cache: string, kind: Collection): string {
  const members = parts.filter((part) => part[kind] !== undefined).map((part) => basename(placeOf(part, cache)));
  return join(cache, 'tools', `${names[kind]}-${digest(members)}`);
}

/** Links the programs of complete parts into `bin` and `nodeBin`. Hard links: the CLI wants real files beside it. */
export function publish(cache: string): void {
  for (const kind of Object.keys(names) as Collection[]) {
    const directory = collection(cache, kind);
    for (const [name, file] of parts.flatMap((part) => programsOf(part, kind, cache))) {
      if (existsSync(join(directory, name))) continue;
      mkdirSync(directory, { recursive: true });
      linkOnce(file, join(directory, name));
    }
  }
}

function programsOf(part: PartSpec, kind: Collection, cache: string): [name: string, file: string][] {
  const pattern = part[kind];
  const place = placeOf(part, cache);
  if (pattern === undefined || !isComplete(place)) return [];
  const files = pattern === 'bin/*' ? readdirSync(join(place, 'bin')).map((name) => join('bin', name)) : [pattern];
  return files.map((file) => [basename(file), join(place, file)]);
}

/** Another set-up may have been faster. */
function linkOnce(file: string, link: string): void {
  try {
    linkSync(file, link);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
