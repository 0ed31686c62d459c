import assert from 'node:assert/strict';
import fc from 'fast-check';
import { rememberSecret, scrub } from '../../cli/scrub.ts';

describe('what is printed', () => {
  it('never holds a private key, whole or broken off', () => {
    const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\nAAAA\n-----END OPENSSH PRIVATE KEY-----';
    assert.equal(scrub(`a\n${key}\nb`), 'a\n[secret key]\nb');
    assert.equal(scrub(key.slice(0, 60)), '[secret key]');
  });

  it("never holds a kubeconfig's key or token", () => {
    assert.equal(scrub('client-key-data: LS0tLS1CRUdJTiBSU0E=\nname: x'), 'client-key-data: [secret]\nname: x');
    assert.equal(scrub('{"token":"abcdefghijklmnop"}'), '{"token":"[secret]"}');
  });

  it('never holds a remembered secret, wherever it stands', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9+/=]{12,40}$/);
    fc.assert(
      fc.property(word, fc.string(), fc.string(), (secret, before, after) => {
        rememberSecret(secret);
        assert.ok(!scrub(`${before}${secret}${after}`).includes(secret));
      }),
    );
  });
});
