/** What Calispray knows of a release of kubespray, read off the files of a checkout. */
import { parse } from 'yaml';
import { UserError } from '../cluster/finding.ts';
import type { Release } from '../cluster/releases.ts';

type Variables = Readonly<Record<string, unknown>>;

/** cluster/releases.json. */
export interface Recorded {
  /** Defaults of the Calico roles in the newest release: what the next one is compared with. */
  readonly calicoDefaults: Variables;
  readonly releases: readonly Release[];
}

export interface Identity {
  readonly tag: string;
  readonly commit: string;
  readonly date: string;
}

/** Reads a file of the checkout; undefined where it is not there. */
export type ReadFile = (path: string) => string | undefined;

const CALICO_DEFAULTS = [
  'roles/network_plugin/calico/defaults/main.yml',
  'roles/network_plugin/calico_defaults/defaults/main.yml',
];

/**
 * The release, and the defaults of its Calico roles. `before` is what those were one release earlier.
 * @throws UserError where the checkout lacks a file or a value that every release has had
 */
export function releaseIn(
  read: ReadFile,
  identity: Identity,
  before: Variables,
): { release: Release; calicoDefaults: Variables } {
  const folder = ['kubespray_defaults', 'kubespray-defaults'].find(
    (name) => read(`roles/${name}/defaults/main/main.yml`) !== undefined,
  );
  if (folder === undefined) throw unlike('roles/kubespray_defaults/defaults/main/main.yml', 'is not there');
  const checksums = [`roles/${folder}/vars/main/checksums.yml`, `roles/${folder}/defaults/main/checksums.yml`].find(
    (path) => read(path) !== undefined,
  );
  if (checksums === undefined) throw unlike(`roles/${folder}/vars/main/checksums.yml`, 'is not there');
  const known = yaml(read, checksums);
  const kubernetesVersions = versionsOf(known, 'kubelet_checksums', checksums);
  const calicoVersions = versionsOf(known, 'calicoctl_binary_checksums', checksums);
  const calicoDefaults = Object.assign(
    {},
    ...CALICO_DEFAULTS.filter((path) => read(path) !== undefined).map((path) => yaml(read, path)),
  ) as Variables;
  return {
    release: {
      ...identity,
      ansible: match(read, 'requirements.txt', /^ansible==(\S+)$/m),
      ansibleCore: [
        match(read, 'playbooks/ansible_version.yml', /^ *minimal_ansible_version: (\S+)$/m),
        match(read, 'playbooks/ansible_version.yml', /^ *maximal_ansible_version: (\S+)$/m),
      ],
      // kubespray v2.31.0 roles/kubespray_defaults/defaults/main/main.yml:28, download.yml:106: the first one is the default.
      kubernetes: kubernetesVersions[0] as string,
      kubernetesVersions,
      calico: calicoVersions[0] as string,
      calicoVersions,
      versionsCarryV: kubernetesVersions.every((version) => version.startsWith('v')),
      rolesFolderOfDefaults: folder,
      ...difference(before, calicoDefaults),
    },
    calicoDefaults,
  };
}

/** The record with one release more. The releases are compared each with the one before: only a newer one fits. */
export function withRelease(recorded: Recorded, read: ReadFile, identity: Identity): Recorded {
  const newest = recorded.releases.at(-1);
  if (newest !== undefined && compare(identity.tag, newest.tag) <= 0) {
    const hint = `Only what is newer than ${newest.tag} can be added; --print shows what this checkout holds.`;
    throw UserError.of('not-newer', '', `${identity.tag} is not newer than ${newest.tag}`, hint);
  }
  const { release, calicoDefaults } = releaseIn(read, identity, recorded.calicoDefaults);
  return { calicoDefaults, releases: [...recorded.releases, release] };
}

function difference(before: Variables, after: Variables) {
  const has = (variables: Variables) => (name: string) => Object.hasOwn(variables, name);
  const both = Object.keys(after).filter(has(before));
  return {
    calicoVariablesAdded: Object.keys(after)
      .filter((name) => !has(before)(name))
      .sort(),
    calicoVariablesRemoved: Object.keys(before)
      .filter((name) => !has(after)(name))
      .sort(),
    calicoDefaultsChanged: Object.fromEntries(
      both
        .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
        .map((name) => [name, [before[name], after[name]] as const]),
    ),
  };
}

function versionsOf(known: Variables, name: string, path: string): string[] {
  const versions = Object.keys((known[name] as Record<string, object> | undefined)?.amd64 ?? {});
  if (versions.length === 0) throw unlike(path, `has no ${name}.amd64`);
  return versions;
}

function yaml(read: ReadFile, path: string): Variables {
  try {
    return (parse(read(path) ?? '') ?? {}) as Variables;
  } catch (error) {
    throw unlike(path, `is not YAML: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
  }
}

function match(read: ReadFile, path: string, pattern: RegExp): string {
  const found = pattern.exec(read(path) ?? '')?.[1];
  if (found === undefined) throw unlike(path, `has no line ${pattern.source}`);
  return found;
}

function unlike(path: string, what: string): UserError {
  return UserError.of(
    'not-kubespray',
    '',
    `${path} ${what}`,
    'Name the folder of a checkout of kubespray; if it is one, its files were rearranged: see setup/kubespray-release.ts.',
  );
}

/** `v2.31.0` against `v2.9.1`, number by number. */
function compare(a: string, b: string): number {
  const numbers = (tag: string) => (tag.match(/\d+/g) ?? []).map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
