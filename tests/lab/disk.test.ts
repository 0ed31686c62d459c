import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import ssh2 from 'ssh2';
import { makeKey, publicPart } from '../../lab/disk.ts';

describe('keys', () => {
  it('are whole, each of them: one in 256 of ssh2’s own is not', () => {
    for (let made = 0; made < 1500; made++) {
      const key = makeKey('test');
      const [type, blob = ''] = key.public.split(' ');
      assert.equal(type, 'ssh-ed25519');
      assert.equal(Buffer.from(blob, 'base64').length, 51);
    }
  }).timeout(60_000);

  it('belong together', () => {
    const key = makeKey('test');
    const parsed = ssh2.utils.parseKey(key.private);
    assert.ok(!(parsed instanceof Error));
    assert.equal(`${parsed.type} ${parsed.getPublicSSH().toString('base64')}`, key.public);
    assert.throws(() => createPrivateKey(key.private), 'OpenSSH’s format, not PEM’s PKCS#8');
  });

  it('are shown without their comment', () => {
    assert.equal(publicPart('ssh-ed25519 AAAA root@somewhere else\n'), 'ssh-ed25519 AAAA');
  });
});
