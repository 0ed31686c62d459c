/** The LAN: a bridge in the router's network namespace, a cable from each machine to it, one address each. */
import { readFileSync } from 'node:fs';
import { run } from './command.ts';
import { applySysctls, ipBatch, makeNamespace, namespaceState, removeLink } from './namespaces.ts';
import type { LabRecord } from './state.ts';
import { lanMtu, type Machine, machines, prefixLength, router, scopeName, workstation } from './topology.ts';

const bridge = 'br0';
const sysctls = () => readFileSync(new URL('node/sysctl.conf', import.meta.url), 'utf8');

/** Makes the router's namespace with the bridge, then the workstation's with its cable. */
export async function buildLan(lab: string, record: LabRecord, save: () => void): Promise<void> {
  await Promise.all([router, workstation].map((machine) => makeNamespace(lab, machine.name, record, save)));
  await ipBatch(lab, router.name, [
    'link set lo up',
    `link add ${bridge} mtu ${lanMtu} type bridge`,
    `address add ${router.address}/${prefixLength} dev ${bridge}`,
    `link set ${bridge} up`,
  ]);
  await applySysctls(lab, router.name, sysctls());
  await plug(lab, workstation);
}

/** Gives a node a new network namespace, empty as after a reboot, and plugs it in. Gives its inode. */
export async function connectNode(lab: string, node: Machine, record: LabRecord, save: () => void): Promise<number> {
  const inode = await makeNamespace(lab, node.name, record, save);
  await applySysctls(lab, node.name, sysctls());
  await plug(lab, node);
  return inode;
}

/** True while router and workstation are as `buildLan` made them; somebody may have deleted a link by hand. */
export async function lanStands(lab: string, record: LabRecord): Promise<boolean> {
  const stand = await Promise.all(
    [router, workstation].map(async (machine) => {
      const state = namespaceState(lab, machine.name, record);
      if (state.is !== 'ours' || state.inode !== record.namespaces[machine.name]) return false;
      return await hasAddress(lab, machine);
    }),
  );
  return stand.every(Boolean);
}

/** True while a machine's LAN interface is up and has its address. */
export async function hasAddress(lab: string, machine: Machine): Promise<boolean> {
  const shown = await run('ip', ['-netns', scopeName(lab, machine.name), '-oneline', '-4', 'address', 'show', 'up']);
  return shown.includes(` ${machine.address}/${prefixLength} `);
}

/** A cable: one end `eth0` in the machine, the other `port<n>` on the bridge. */
async function plug(lab: string, machine: Machine): Promise<void> {
  const port = `port${machines.indexOf(machine)}`;
  await removeLink(lab, router.name, port); // of a namespace that is gone; the kernel takes its time to remove it
  const peer = `name eth0 mtu ${lanMtu} address ${hardwareAddress(machine)} netns ${scopeName(lab, machine.name)}`;
  await ipBatch(lab, router.name, [
    `link add ${port} mtu ${lanMtu} type veth peer ${peer}`,
    `link set ${port} master ${bridge} up`,
  ]);
  await ipBatch(lab, machine.name, [
    'link set lo up',
    `address add ${machine.address}/${prefixLength} dev eth0`,
    'link set eth0 up',
    `route add default via ${router.address}`,
  ]);
}

/** Made from the IPv4 address, as a network card keeps its own: neighbours still know a machine that was restarted. */
function hardwareAddress(machine: Machine): string {
  const bytes = [0x02, 0x00, ...machine.address.split('.').map(Number)]; // 02: locally administered
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
