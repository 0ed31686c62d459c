/** Every pinned version of what set-up brings, in one place. Node packages are pinned in package-lock.json. */
export const versions = {
  /** Equal to `@pulumi/pulumi` in package.json: engine and SDK are kept at one version. */
  pulumi: '3.259.0',
  pulumiCommand: '1.2.1',
  pulumiKubernetes: '4.32.0',
  /** The last one whose language host lay in the sdk/v3 Go module. */
  languageHost: '3.68.0',
  /** What kubespray v2.31.0 installs by default (kubespray v2.31.0 roles/kubespray_defaults/vars/main/checksums.yml). */
  kubernetes: '1.35.4',
  calico: '3.31.5',
  etcd: '3.6.5',
  prometheusOperator: '0.85.0',
  /** That of Debian 12, for the tests of alerts. */
  prometheus: '2.42.0',
  ansible: '11.13.0',
  debian: 'bookworm',
} as const;
