/** What a part of the set-up is: a name, a recipe, and the places it can come from, best first. */
import { join } from 'node:path';
import type { CommandOptions, CommandResult } from './command.ts';
import { digest } from './paths.ts';
import type { Vendors } from './vendors.ts';

export type Part =
  | 'engine'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'etcd'
  | 'kubectl'
  | 'ansible'
  | 'debian'
  | 'base'
  | 'crds'
  | 'providers'
  | 'language-host'
  | 'prometheus';

/** Parts in one lane wait for each other; lanes run side by side. */
export type Lane = 'go' | 'python' | 'system' | 'network';

/** What a source may look at before anything is decided. It changes nothing. */
export interface World {
  readonly cache: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly vendors: Vendors;
}

/** What an offer gets when it is taken. */
export interface Work extends World {
  /** The folder to fill; it is renamed to `place` afterwards. */
  readonly into: string;
  readonly place: string;
  readonly log: string;
  readonly signal: AbortSignal;
  /** Runs a command with its output in the log; its CPU time counts for the part. Its failure is a result, not an error. */
  run(argv: readonly string[], options?: Pick<CommandOptions, 'directory' | 'environment'>): Promise<CommandResult>;
}

export interface Offer {
  /** `build github.com/…/cmd/pulumi from its Go module`: read after "would". */
  readonly says: string;
  readonly lane: Lane;
  /** Parts that are better, or only, made before this one. They are waited for if they are made in the same run. */
  readonly after?: readonly Part[];
  /** Order within a lane, longest first: CPU seconds on a machine of 2026. */
  readonly seconds: number;
  /** Disk space it takes while it is made, the Go build cache included. */
  readonly mebibytes: number;
  /** Fills the folder. Throws `Unavailable` to send us to the next source, a UserError to stop. */
  take(work: Work): Promise<void>;
}

/** Why a source cannot serve. The last source's refusal is what the user reads. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** A place a part can come from. */
export type Source = (world: World) => Promise<Offer | Refusal>;

export interface PartSpec {
  readonly name: Part;
  /** `Pulumi CLI and engine`. */
  readonly title: string;
  readonly version: string;
  /** Every text that decides what is made. Their digest is in the folder's name, so a changed recipe is a new folder. */
  readonly inputs: readonly string[];
  readonly sources: readonly Source[];
  /** For what lives in the system and not in the cache. */
  readonly isThere?: (world: World) => boolean;
  /** Parts that must be there as well, whoever asks for this one. */
  readonly requires?: readonly Part[];
  /** What takes its place where no source serves; without it that is an error. */
  readonly otherwise?: string;
  /** Files, relative to the part's folder, that `Tools.bin` and `Tools.nodeBin` offer; `bin/*` means all of them. */
  readonly bin?: string;
  readonly nodeBin?: string;
}

/** `<cache>/tools/<part>-<version>-<digest of the recipe>`. */
export function placeOf(spec: PartSpec, cache: string): string {
  return join(cache, 'tools', `${spec.name}-${spec.version}-${digest([process.arch, ...spec.inputs])}`);
}

export function isRefusal(answer: Offer | Refusal): answer is Refusal {
  return !('take' in answer);
}
