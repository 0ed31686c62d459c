import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { saltOf, secretsProviderOf, withSalt } from '../../cli/engine/workspace.ts';
import { findProject, packageDir, readStack } from '../../cli/project.ts';
import { withHostKeys } from '../../cli/stack-edit.ts';
import { UserError } from '../../cluster/finding.ts';

const stack = `# The cluster at home.
config:
  calispray:cluster:
    apiVersion: calispray/v1
    nodes:
      # the strong one
      masternode: { address: 192.168.4.63, roles: [control-plane, etcd, worker] } # rack 1
      homelab:
        address: 192.168.4.62
        ssh: { user: root, hostKey: ssh-ed25519 AAAAold }
    network:
      pods: 10.244.0.0/16 # as in the spec
`;

describe("a stack's file", () => {
  it('gets host keys written with every comment kept', () => {
    const text = withHostKeys(stack, { masternode: 'ssh-ed25519 AAAAnew', homelab: 'ssh-ed25519 AAAAother' });
    for (const comment of ['# The cluster at home.', '# the strong one', '# rack 1', '# as in the spec']) {
      assert.ok(text.includes(comment), `${comment} is gone:\n${text}`);
    }
    const { nodes } = parse(text).config['calispray:cluster'];
    assert.deepEqual(nodes.masternode, {
      address: '192.168.4.63',
      roles: ['control-plane', 'etcd', 'worker'],
      ssh: { hostKey: 'ssh-ed25519 AAAAnew' },
    });
    assert.deepEqual(nodes.homelab.ssh, { user: 'root', hostKey: 'ssh-ed25519 AAAAother' });
  });

  it('changes in no other line, however its nodes are written', () => {
    const changed = (before: string, node: string) =>
      withHostKeys(before, { [node]: 'ssh-ed25519 AAAA+/=' })
        .split('\n')
        .filter((line) => !before.split('\n').includes(line));
    assert.deepEqual(changed(stack, 'homelab'), ['        ssh: { user: root, hostKey: ssh-ed25519 AAAA+/= }']);
    assert.deepEqual(changed(stack, 'masternode'), [
      '      masternode: { address: 192.168.4.63, roles: [control-plane, etcd, worker], ssh: { hostKey: ssh-ed25519 AAAA+/= } } # rack 1',
    ]);
    const blocks = stack.replace('        ssh: { user: root, hostKey: ssh-ed25519 AAAAold }\n', '');
    assert.deepEqual(changed(blocks, 'homelab'), ['        ssh: { hostKey: ssh-ed25519 AAAA+/= }']);
    const nested = stack.replace(
      'ssh: { user: root, hostKey: ssh-ed25519 AAAAold }',
      'ssh:\n          user: root # me',
    );
    assert.deepEqual(changed(nested, 'homelab'), ['          hostKey: ssh-ed25519 AAAA+/=']);
    for (const text of [stack, blocks, nested]) {
      const { nodes } = parse(withHostKeys(text, { homelab: 'ssh-ed25519 AAAA+/=' })).config['calispray:cluster'];
      assert.equal(nodes.homelab.ssh.hostKey, 'ssh-ed25519 AAAA+/=');
    }
  });

  it('is left as it is for a node it does not have', () => {
    assert.equal(withHostKeys(stack, { nobody: 'ssh-ed25519 AAAA' }), stack);
  });

  it("takes the engine's salt in the work folder only where it brings none of its own", () => {
    assert.equal(withSalt('config: {}', 'v1:abc='), 'config: {}\nencryptionsalt: v1:abc=\n');
    assert.equal(saltOf(withSalt('config: {}', 'v1:abc=')), 'v1:abc=');
    const own = 'encryptionsalt: v1:mine=\nconfig: {}\n';
    assert.equal(withSalt(own, 'v1:abc='), own);
    const kms = 'secretsprovider: awskms://alias/x\n';
    assert.equal(withSalt(kms, 'v1:abc='), kms);
    assert.equal(secretsProviderOf(kms), 'awskms://alias/x');
  });

  it('that is not there is answered with the nearest one', () => {
    assert.throws(
      () => readStack(findProject(packageDir), 'stagin'),
      (error) => error instanceof UserError && error.findings[0]?.hint === 'did you mean staging?',
    );
  });

  it('that is not YAML is a mistake of the user, with its line', () => {
    const dir = mkdtempSync(join(tmpdir(), 'calispray-stack-'));
    try {
      writeFileSync(join(dir, 'Pulumi.yaml'), 'name: x\n');
      writeFileSync(join(dir, 'Pulumi.dev.yaml'), 'config:\n  a: [1, 2\n  b: 3\n');
      assert.throws(
        () => readStack(findProject(dir), 'dev'),
        (error) => error instanceof UserError && error.findings[0]?.at?.line === 3,
      );
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
