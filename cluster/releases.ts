/** One release of kubespray, and what it installs. Versions carry no `v` since v2.28.0. */
export interface Release {
  readonly tag: string;
  readonly commit: string;
  readonly date: string;
  /** The Ansible package that its requirements.txt pins. */
  readonly ansible: string;
  /** ansible-core: at least, and below (playbooks/ansible_version.yml). */
  readonly ansibleCore: readonly [string, string];
  /** Default version, and all that can be chosen (roles/kubespray_defaults/vars/main/checksums.yml), newest first. */
  readonly kubernetes: string;
  readonly kubernetesVersions: readonly string[];
  readonly calico: string;
  readonly calicoVersions: readonly string[];
}

/** Read off the release tags: checksums.yml, requirements.txt, playbooks/ansible_version.yml. Oldest first. */
export const releases: readonly Release[] = [
  {
    tag: 'v2.28.0',
    commit: '63cdf87915421dda5955281f38401fd1b55b230b',
    date: '2025-05-20',
    ansible: '9.13.0',
    ansibleCore: ['2.16.4', '2.17.0'],
    kubernetes: '1.32.5',
    kubernetesVersions:
      '1.32.5 1.32.4 1.32.3 1.32.2 1.32.1 1.32.0 1.31.9 1.31.8 1.31.7 1.31.6 1.31.5 1.31.4 1.31.3 1.31.2 1.31.1 1.31.0 1.30.13 1.30.12 1.30.11 1.30.10 1.30.9 1.30.8 1.30.7 1.30.6 1.30.5 1.30.4 1.30.3 1.30.2 1.30.1 1.30.0'.split(
        ' ',
      ),
    calico: '3.29.3',
    calicoVersions:
      '3.29.3 3.29.2 3.29.1 3.29.0 3.28.4 3.28.3 3.28.2 3.28.1 3.28.0 3.27.5 3.27.4 3.27.3 3.27.2 3.27.0'.split(' '),
  },
  {
    tag: 'v2.28.1',
    commit: 'a20891ab67136f8c92ccad3fad9ad11fc71363d0',
    date: '2025-08-26',
    ansible: '9.13.0',
    ansibleCore: ['2.16.4', '2.17.0'],
    kubernetes: '1.32.8',
    kubernetesVersions:
      '1.32.8 1.32.7 1.32.6 1.32.5 1.32.4 1.32.3 1.32.2 1.32.1 1.32.0 1.31.12 1.31.11 1.31.10 1.31.9 1.31.8 1.31.7 1.31.6 1.31.5 1.31.4 1.31.3 1.31.2 1.31.1 1.31.0 1.30.14 1.30.13 1.30.12 1.30.11 1.30.10 1.30.9 1.30.8 1.30.7 1.30.6 1.30.5 1.30.4 1.30.3 1.30.2 1.30.1 1.30.0'.split(
        ' ',
      ),
    calico: '3.29.5',
    calicoVersions:
      '3.29.5 3.29.4 3.29.3 3.29.2 3.29.1 3.29.0 3.28.5 3.28.4 3.28.3 3.28.2 3.28.1 3.28.0 3.27.5 3.27.4 3.27.3 3.27.2 3.27.0'.split(
        ' ',
      ),
  },
  {
    tag: 'v2.29.0',
    commit: '9991412b4597d6eaf37f86e5f20f9f903a731c08',
    date: '2025-10-14',
    ansible: '10.7.0',
    ansibleCore: ['2.17.3', '2.18.0'],
    kubernetes: '1.33.5',
    kubernetesVersions:
      '1.33.5 1.33.4 1.33.3 1.33.2 1.33.1 1.33.0 1.32.9 1.32.8 1.32.7 1.32.6 1.32.5 1.32.4 1.32.3 1.32.2 1.32.1 1.32.0 1.31.13 1.31.12 1.31.11 1.31.10 1.31.9 1.31.8 1.31.7 1.31.6 1.31.5 1.31.4 1.31.3 1.31.2 1.31.1 1.31.0'.split(
        ' ',
      ),
    calico: '3.30.3',
    calicoVersions:
      '3.30.3 3.30.2 3.30.1 3.30.0 3.29.6 3.29.5 3.29.4 3.29.3 3.29.2 3.29.1 3.29.0 3.28.5 3.28.4 3.28.3 3.28.2 3.28.1 3.28.0'.split(
        ' ',
      ),
  },
  {
    tag: 'v2.29.1',
    commit: '0c6a29553f90c55cba5e0e359470321dc7cf7d29',
    date: '2025-12-11',
    ansible: '10.7.0',
    ansibleCore: ['2.17.3', '2.18.0'],
    kubernetes: '1.33.7',
    kubernetesVersions:
      '1.33.7 1.33.6 1.33.5 1.33.4 1.33.3 1.33.2 1.33.1 1.33.0 1.32.10 1.32.9 1.32.8 1.32.7 1.32.6 1.32.5 1.32.4 1.32.3 1.32.2 1.32.1 1.32.0 1.31.14 1.31.13 1.31.12 1.31.11 1.31.10 1.31.9 1.31.8 1.31.7 1.31.6 1.31.5 1.31.4 1.31.3 1.31.2 1.31.1 1.31.0'.split(
        ' ',
      ),
    calico: '3.30.5',
    calicoVersions:
      '3.30.5 3.30.4 3.30.3 3.30.2 3.30.1 3.30.0 3.29.7 3.29.6 3.29.5 3.29.4 3.29.3 3.29.2 3.29.1 3.29.0 3.28.5 3.28.4 3.28.3 3.28.2 3.28.1 3.28.0'.split(
        ' ',
      ),
  },
  {
    tag: 'v2.30.0',
    commit: 'f4ccdb5e72395eaf9f3444056ebd1a6625ddb89a',
    date: '2026-01-29',
    ansible: '10.7.0',
    ansibleCore: ['2.17.3', '2.18.0'],
    kubernetes: '1.34.3',
    kubernetesVersions:
      '1.34.3 1.34.2 1.34.1 1.34.0 1.33.7 1.33.6 1.33.5 1.33.4 1.33.3 1.33.2 1.33.1 1.33.0 1.32.11 1.32.10 1.32.9 1.32.8 1.32.7 1.32.6 1.32.5 1.32.4 1.32.3 1.32.2 1.32.1 1.32.0'.split(
        ' ',
      ),
    calico: '3.30.6',
    calicoVersions:
      '3.30.6 3.30.5 3.30.4 3.30.3 3.30.2 3.30.1 3.30.0 3.29.7 3.29.6 3.29.5 3.29.4 3.29.3 3.29.2 3.29.1 3.29.0 3.28.5 3.28.4 3.28.3 3.28.2 3.28.1 3.28.0'.split(
        ' ',
      ),
  },
  {
    tag: 'v2.31.0',
    commit: '1c9add48975060f45396b34d8e022c30d7f80dab',
    date: '2026-04-24',
    ansible: '11.13.0',
    ansibleCore: ['2.18.0', '2.19.0'],
    kubernetes: '1.35.4',
    kubernetesVersions:
      '1.35.4 1.35.3 1.35.2 1.35.1 1.35.0 1.34.7 1.34.6 1.34.5 1.34.4 1.34.3 1.34.2 1.34.1 1.34.0 1.33.11 1.33.10 1.33.9 1.33.8 1.33.7 1.33.6 1.33.5 1.33.4 1.33.3 1.33.2 1.33.1 1.33.0'.split(
        ' ',
      ),
    calico: '3.31.5',
    calicoVersions:
      '3.31.5 3.31.4 3.31.3 3.31.2 3.31.1 3.31.0 3.30.7 3.30.6 3.30.5 3.30.4 3.30.3 3.30.2 3.30.1 3.30.0 3.29.7 3.29.6 3.29.5 3.29.4 3.29.3 3.29.2 3.29.1 3.29.0'.split(
        ' ',
      ),
  },
];

/** The release with that tag; undefined where Calispray does not know it. */
export function release(tag: unknown): Release | undefined {
  return releases.find((r) => r.tag === tag);
}
