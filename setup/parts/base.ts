/** The root file system that every node of the lab has as its read-only lower layer: Debian, as its archive gives it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PartSpec, Source, Work } from '../part.ts';
import { aptFailure, withoutRoot } from '../sources/apt.ts';
import { versions } from '../versions.ts';

const packages = [
  // a host that Ansible can work on
  ...['systemd', 'systemd-sysv', 'dbus', 'openssh-server', 'sudo', 'python3', 'python3-apt', 'python3-venv'],
  // what kubespray's and our own tasks call
  ...['ca-certificates', 'curl', 'openssl', 'procps', 'kmod', 'mount', 'util-linux', 'hostname', 'less', 'tini'],
  // the data plane, and looking at it
  ...['iproute2', 'bird2', 'iptables', 'nftables', 'ipset', 'conntrack', 'ethtool'],
  ...['iputils-ping', 'netcat-openbsd', 'socat', 'tcpdump', 'traceroute'],
  // what serves the cluster's DNS here, and what sets one node's clock off: the machine has one clock for all of them
  ...['dnsmasq-base', 'faketime'],
];

const options = [
  '--mode=root',
  '--variant=apt',
  '--format=directory',
  '--skip=check/empty',
  '--aptopt=APT::Install-Recommends "0"',
  ...['doc', 'man', 'locale'].map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`),
];

export const base: PartSpec = {
  name: 'base',
  title: 'Node image for the lab',
  version: versions.debian,
  inputs: [...packages, ...options],
  requires: ['debian'],
  sources: [fromArchive],
};

async function fromArchive({ environment }: Parameters<Source>[0]): ReturnType<Source> {
  const refusal = withoutRoot('make the image of its nodes');
  if (refusal !== undefined) return refusal;
  return {
    says: `make it of ${packages.length} Debian packages with mmdebstrap`,
    lane: 'system',
    after: ['debian'],
    seconds: 40,
    mebibytes: 700,
    take: (work) => make(work, environment),
  };
}

async function make(work: Work, environment: NodeJS.ProcessEnv): Promise<void> {
  const root = join(work.into, 'rootfs');
  const include = `--include=${packages.join(',')}`;
  const sources = packageSources(environment);
  const { ok, output } = await work.run(['mmdebstrap', ...options, include, versions.debian, root, ...sources]);
  if (!ok) throw aptFailure('the node image', work, output);
  // Every node makes its own: a key in the image would be everybody's.
  const keys = await work.run(['find', join(root, 'etc/ssh'), '-name', 'ssh_host_*', '-delete']);
  if (!keys.ok) throw new Error(`cannot remove the host keys of the image: ${keys.output}`);
}

/** `CALISPRAY_DEBIAN_MIRROR`, else this machine's own sources of the same release, else mmdebstrap's default. */
function packageSources(environment: NodeJS.ProcessEnv): string[] {
  if (environment.CALISPRAY_DEBIAN_MIRROR) return [environment.CALISPRAY_DEBIAN_MIRROR];
  const files = ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list'];
  return files.filter((file) => existsSync(file) && readFileSync(file, 'utf8').includes(versions.debian)).slice(0, 1);
}
