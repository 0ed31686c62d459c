import assert from 'node:assert/strict';
import { refuseInClear, SECRETS_KEY } from '../../cli/engine/secrets.ts';
import { UserError } from '../../cluster/finding.ts';

describe('secret variables of a stack file', () => {
  const refused = (value: unknown) => {
    try {
      refuseInClear({ [SECRETS_KEY]: value });
      return undefined;
    } catch (error) {
      assert.ok(error instanceof UserError);
      return error.findings.map(({ code, path }) => `${code} ${path}`).join();
    }
  };

  it('stand there encrypted, one by one or as a whole', () => {
    assert.equal(refused({ registry_password: { secure: 'v1:abc' }, other: { secure: 'v1:def' } }), undefined);
    assert.equal(refused({ secure: 'v1:abc' }), undefined);
    assert.doesNotThrow(() => refuseInClear({}));
  });

  it('are refused in clear, and not repeated', () => {
    assert.equal(
      refused({ fine: { secure: 'v1:abc' }, registry_password: 'PLANTED' }),
      `secret-in-clear ${SECRETS_KEY}.registry_password`,
    );
    assert.throws(
      () => refuseInClear({ [SECRETS_KEY]: { registry_password: 'PLANTED' } }),
      (error: Error) => !error.message.includes('PLANTED'),
    );
    assert.equal(refused('PLANTED'), `secret-variables ${SECRETS_KEY}`);
    assert.equal(refused({ deep: { secure: 1 } }), `secret-in-clear ${SECRETS_KEY}.deep`);
  });
});
