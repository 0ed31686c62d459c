import * as pulumi from '@pulumi/pulumi';
import type { NodeFacts } from '../../kubespray/index.ts';

/** A resource that a program declared, with what it was given. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

export const HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2mPjvMAkGmL0ZZqkTqnTkRqFv1nYk5Zq3Yk5lYk5Yk';

/** What a node says that has all that a cluster of one stack needs, whatever carries its packets. */
export const fitNode: NodeFacts = {
  os: 'debian',
  osVersion: '12',
  systemd: true,
  python: '3.11.2',
  memoryMiB: 2000,
  architecture: 'x86_64',
  kernel: '6.1.0-18-amd64',
  cgroup: 'cgroup2fs',
  nameservers: ['192.168.4.1'],
  ipv6: true,
  modules: { ipip: 'available', vxlan: 'loaded', ip_vs: 'available' },
  wireguardTools: 'available',
  firewall: null,
  interface: 'eth0',
  interfaceMtu: 1500,
  interface6: null,
  time: 1_700_000_000_000,
  root: true,
  sudo: false,
  ports: [],
  peers: [],
};

/** Of a preview: what `record` gives was written down by the last `up`; undefined where there was none. */
export interface Preview {
  readonly record: string | undefined;
}

/**
 * From here on every resource is noted instead of made; a node that is asked for its facts gives those of `facts`. In a preview the
 * outputs of what was never made are unknown, and of everything else those of the last time.
 */
export function noteDeclared(facts: () => NodeFacts = () => fitNode, preview?: Preview): Declared[] {
  const declared: Declared[] = [];
  const stdoutOf = (name: string): string | undefined => {
    if (name.endsWith('-facts')) return JSON.stringify(facts());
    if (name.endsWith('-build-record') && preview !== undefined) return preview.record;
    return `stdout of ${name}\n`;
  };
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, inputs }) => {
      declared.push({ type, name, inputs });
      const stdout = stdoutOf(name);
      return { id: `${name}-id`, state: { ...inputs, ...(stdout === undefined ? {} : { stdout }), stderr: '' } };
    },
    call: (args) => args.inputs,
  };
  pulumi.runtime.setMocks(mocks, 'project', 'stack', preview !== undefined);
  return declared;
}
