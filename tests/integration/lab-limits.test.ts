import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { renderInventory } from '../../kubespray/index.ts';
import { toolPaths } from '../../setup/index.ts';
import { clusterOf, edited, stackCluster } from '../support/stacks.ts';

/** The lab's playbook that judges an inventory, run by the Ansible that kubespray pins: no node is needed for it. */
function judged(change: object): { code: number; text: string } {
  const { files } = renderInventory(clusterOf(edited(stackCluster('lab'), change)));
  const folder = mkdtempSync(join(tmpdir(), 'calispray-limits-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const kubespray = join(import.meta.dirname, '../../lab/kubespray');
    const ansible = join(toolPaths().ansible, 'bin');
    const done = spawnSync(
      join(ansible, 'ansible-playbook'),
      ['-i', join(folder, 'hosts.yaml'), 'playbooks/boilerplate.yml'],
      {
        cwd: kubespray,
        encoding: 'utf8',
        env: {
          PATH: `${ansible}:${process.env.PATH}`,
          HOME: folder,
          LC_ALL: 'C.UTF-8',
          ANSIBLE_CONFIG: join(kubespray, 'ansible.cfg'),
          ANSIBLE_ROLES_PATH: join(kubespray, 'roles'),
          ANSIBLE_CACHE_PLUGIN: 'memory',
          ANSIBLE_NOCOLOR: '1',
        },
      },
    );
    assert.equal(done.error, undefined);
    return { code: done.status ?? -1, text: `${done.stdout}${done.stderr}` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the lab's stand-in for kubespray", function () {
  this.timeout(60_000);
  const node = (address: string, more: object = {}) => ({ address, roles: ['worker'], ...more });
  const main = { address: '192.168.4.63', roles: ['control-plane', 'etcd', 'worker'] };

  it("accepts the lab's own stack", () => {
    const { code, text } = judged({});
    assert.equal(code, 0, text);
  });

  const refused: [what: string, change: object, sentences: string[]][] = [
    [
      'WireGuard, Typha and host-local addresses, all in one sentence',
      { network: { wireguard: true, ipam: 'host-local' }, calico: { typha: {} } },
      [
        'it encrypts nothing (calico_wireguard_enabled)',
        'it runs no Typha (typha_enabled)',
        "its pods get addresses of Calico's blocks (calico_ipam_host_local)",
      ],
    ],
    [
      'a second stack',
      {
        nodes: {
          masternode: { ...main, address6: 'fd00::63' },
          homelab: node('192.168.4.62', { address6: 'fd00::62' }),
        },
        network: {
          ipv6: {
            nodes: 'fd00::/64',
            pods: 'fd10::/56',
            services: 'fd20::/112',
            pool: { blockSize: 122 },
            encapsulation: 'none',
          },
        },
      },
      ['it speaks IPv4 and nothing else (ipv6_stack)'],
    ],
    ['eBPF', { network: { dataplane: 'ebpf' } }, ['it loads no eBPF programs (calico_bpf_enabled)']],
    [
      'nftables',
      { network: { dataplane: 'nftables' }, kubernetes: { proxy: 'nftables' } },
      ['it has no nftables dataplane (calico_nftable_mode)'],
    ],
    [
      'route reflectors and nodes of other ASs',
      {
        nodes: {
          masternode: main,
          homelab: node('192.168.4.62', { roles: ['worker', 'route-reflector'], bgp: { as: 64999 } }),
        },
        network: { bgp: { as: 64512, topology: { reflectors: { clusterId: '244.0.0.1' } } } },
      },
      ['it has no route reflectors (calico_rr)', 'all its nodes are of one AS (local_as)'],
    ],
    [
      "Calico's objects in etcd",
      { kubespray: { extraVariables: { calico_datastore: 'etcd', calico_apiserver_enabled: false } } },
      ["it keeps Calico's objects in the Kubernetes API (calico_datastore)"],
    ],
    [
      'a second control-plane node',
      {
        kubespray: { order: ['masternode', 'homelab'] },
        nodes: { masternode: main, homelab: node('192.168.4.62', { roles: ['control-plane', 'worker'] }) },
      },
      ['it has one control plane node, with etcd on it'],
    ],
  ];
  for (const [what, change, sentences] of refused) {
    it(`refuses ${what}`, () => {
      const { code, text } = judged(change);
      assert.notEqual(code, 0, text);
      const said = `kubespray accepts this, the lab's stand-in does not: ${sentences.join('; ')}.`;
      assert.ok(text.includes(said), text);
    });
  }
});
