import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { renderInventory } from '../../kubespray/index.ts';
import { toolPaths } from '../../setup/index.ts';
import { ansibleHosts } from '../kubespray/support/ansible.ts';
import { corpus, spec } from '../kubespray/support/corpus.ts';
import { clusterOf, edited, stackCluster, stacks } from '../support/stacks.ts';

/** What the real ansible-inventory, of the Ansible that kubespray pins, reads out of a rendered inventory. */
function ansibleInventory(value: unknown): { inventory: ReturnType<typeof renderInventory>; listed: Listed } {
  const inventory = renderInventory(clusterOf(value));
  const folder = mkdtempSync(join(tmpdir(), 'calispray-inventory-'));
  try {
    for (const [name, text] of Object.entries(inventory.files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const tool = join(toolPaths().ansible, 'bin/ansible-inventory');
    // In a folder of its own, and with another HOME, no ansible.cfg of the user's speaks up.
    const env = { PATH: process.env.PATH, HOME: folder, LC_ALL: 'C.UTF-8' };
    const { status, stdout, stderr, error } = spawnSync(tool, ['-i', join(folder, 'hosts.yaml'), '--list'], {
      env,
      cwd: folder,
    });
    assert.equal(error, undefined);
    assert.equal(status, 0, String(stderr));
    assert.doesNotMatch(String(stderr), /WARNING|ERROR/);
    return { inventory, listed: JSON.parse(String(stdout)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Listed {
  readonly _meta: { readonly hostvars: Readonly<Record<string, Record<string, unknown>>> };
  readonly [group: string]: { readonly hosts?: readonly string[]; readonly children?: readonly string[] } | object;
}

describe('the rendered inventory, read by Ansible', function () {
  this.timeout(60_000);

  const specs = [
    ...stacks.map((stack) => [stack, stackCluster(stack)] as const),
    ...corpus.map((name) => [`${name} of the corpus`, spec(name)] as const),
  ];
  for (const [name, value] of specs) {
    it(`${name}: every host has its groups and every variable, with its type`, () => {
      const { inventory, listed } = ansibleInventory(value);
      const { 'extra-vars.json': _, ...files } = inventory.files;
      const hosts = ansibleHosts(files);
      assert.deepEqual(listed._meta.hostvars, Object.fromEntries(hosts.map((host) => [host.name, host.variables])));
      for (const { name: host, address, address6 } of inventory.hosts) {
        const { ansible_host, ip, access_ip, ip6, access_ip6 } = listed._meta.hostvars[host] ?? {};
        assert.deepEqual([ansible_host, ip, access_ip], [address, address, address]);
        assert.deepEqual([ip6, access_ip6], [address6, address6]);
      }
      for (const group of new Set(inventory.hosts.flatMap(({ groups }) => groups))) {
        const members = inventory.hosts.filter((h) => h.groups.includes(group)).map((h) => h.name);
        assert.deepEqual((listed[group] as { hosts: string[] }).hosts, members, group);
      }
    });
  }

  it('texts that YAML 1.1 would take for something else stay texts', () => {
    const words = [
      'yes',
      '012',
      '1:30',
      'off',
      '1e3',
      '~',
      '0x1f',
      '=',
      '<<',
      '2026-01-01',
      '1_000',
      'null',
      '3.31.5',
      '',
    ];
    const lines = [
      'a\tb',
      '\n',
      'a\n',
      'a\n\n',
      '  a\nb',
      'a \nb ',
      'a\u0085b',
      '\u2028',
      '\ufeff',
      'é',
      '# a',
      '{{ a }}',
    ];
    const extraVariables = {
      ...Object.fromEntries([...words, ...lines].map((text, i) => [`text_${i}`, text])),
      list: [...words, ...lines],
      keys: Object.fromEntries(words.map((text) => [text, text])),
    };
    const { listed } = ansibleInventory(edited(stackCluster('dev'), { kubespray: { extraVariables } }));
    const { homelab = {} } = listed._meta.hostvars;
    assert.deepEqual(
      Object.fromEntries(Object.keys(extraVariables).map((name) => [name, homelab[name]])),
      extraVariables,
    );
  });
});
