import data from './releases.json' with { type: 'json' };

/** One release of kubespray, and what it installs; read off a checkout by `npm run add-release`. */
export interface Release {
  readonly tag: string;
  readonly commit: string;
  /** Day of that commit, `2026-04-24`. */
  readonly date: string;
  /** The Ansible package that its requirements.txt pins. */
  readonly ansible: string;
  /** ansible-core: at least, and below (playbooks/ansible_version.yml). */
  readonly ansibleCore: readonly [string, string];
  /** Default version, and all that can be chosen (checksums.yml), newest first. */
  readonly kubernetes: string;
  readonly kubernetesVersions: readonly string[];
  readonly calico: string;
  readonly calicoVersions: readonly string[];
  /** Whether these versions are written with a `v`: none are since v2.28.0. */
  readonly versionsCarryV: boolean;
  /** Folder of roles/ that holds the defaults: `kubespray_defaults`. */
  readonly rolesFolderOfDefaults: string;
  /** Variables of the roles calico*, against the release before: new, gone, and with another default (before, after). */
  readonly calicoVariablesAdded: readonly string[];
  readonly calicoVariablesRemoved: readonly string[];
  readonly calicoDefaultsChanged: Readonly<Record<string, readonly [unknown, unknown]>>;
}

/** Every release that Calispray knows, oldest first. */
export const releases: readonly Release[] = data.releases as unknown as readonly Release[];

/** The release with that tag; undefined where Calispray does not know it. */
export function release(tag: unknown): Release | undefined {
  return releases.find((r) => r.tag === tag);
}
