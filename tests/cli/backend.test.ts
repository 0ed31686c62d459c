import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseBackend } from '../../cli/engine/backend.ts';
import { passphraseEnv } from '../../cli/engine/passphrase.ts';
import { scrub } from '../../cli/scrub.ts';
import { UserError } from '../../cluster/finding.ts';

const env = { CALISPRAY_STATE: '/state' };
const code = (expected: string) => (error: unknown) =>
  error instanceof UserError && error.findings[0]?.code === expected;

describe('where a stack keeps its state', () => {
  it('is our own file backend with a generated passphrase, unless the user says otherwise', () => {
    assert.deepEqual(chooseBackend({ stack: 'dev', labUp: false }, env), {
      kind: 'own',
      url: 'file:///state/backend',
      passphrase: { from: 'generated', file: '/state/passphrase' },
    });
    const own = chooseBackend({ stack: 'dev', labUp: false }, { ...env, PULUMI_CONFIG_PASSPHRASE: 'mine' });
    assert.deepEqual([own.kind, own.passphrase], ['own', { from: 'user' }]);
  });

  it("is the user's backend where PULUMI_BACKEND_URL names one, with the user's passphrase", () => {
    const theirs = { ...env, PULUMI_BACKEND_URL: 's3://bucket', PULUMI_CONFIG_PASSPHRASE_FILE: '/secret' };
    assert.deepEqual(chooseBackend({ stack: 'prod', labUp: false }, theirs), {
      kind: 'user',
      url: 's3://bucket',
      passphrase: { from: 'user' },
    });
  });

  it("refuses a user's backend without a passphrase, but not one that keeps its secrets another way", () => {
    const bare = { ...env, PULUMI_BACKEND_URL: 's3://bucket' };
    assert.throws(() => chooseBackend({ stack: 'prod', labUp: false }, bare), code('no-passphrase'));
    const kms = chooseBackend({ stack: 'prod', labUp: false, secretsProvider: 'awskms://alias/x' }, bare);
    assert.deepEqual(kms.passphrase, { from: 'none' });
    const cloud = { ...env, PULUMI_BACKEND_URL: 'https://api.pulumi.com' };
    assert.deepEqual(chooseBackend({ stack: 'prod', labUp: false }, cloud).passphrase, { from: 'none' });
  });

  it("is in the lab's folder for the lab's stack, whatever the user has set", () => {
    const theirs = { ...env, CALISPRAY_LAB: 'other', PULUMI_BACKEND_URL: 's3://bucket', PULUMI_CONFIG_PASSPHRASE: 'x' };
    assert.deepEqual(chooseBackend({ stack: 'lab', labUp: true }, theirs), {
      kind: 'lab',
      url: 'file:///state/labs/other/backend',
      passphrase: { from: 'generated', file: '/state/labs/other/passphrase' },
    });
    assert.equal(chooseBackend({ stack: 'lab', labUp: false }, theirs).kind, 'scratch');
  });
});

describe('the passphrase', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-passphrase-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('of our own backend is made once, for the owner alone, and is masked from then on', () => {
    const file = join(dir, 'state', 'passphrase');
    const first = passphraseEnv({ from: 'generated', file }, { PULUMI_CONFIG_PASSPHRASE: 'not this one' });
    assert.deepEqual(first, { PULUMI_CONFIG_PASSPHRASE_FILE: file, PULUMI_CONFIG_PASSPHRASE: undefined });
    const made = readFileSync(file, 'utf8').trim();
    assert.ok(made.length >= 32);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    passphraseEnv({ from: 'generated', file }, {});
    assert.equal(readFileSync(file, 'utf8').trim(), made);
    assert.equal(scrub(`it is ${made}!`), 'it is [secret]!');
  });

  it('is closed again where its file was opened to others', () => {
    const file = join(dir, 'passphrase');
    writeFileSync(file, 'a passphrase of some length\n', { mode: 0o644 });
    passphraseEnv({ from: 'generated', file }, {});
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('named by a file that is not there is a mistake of the user', () => {
    const theirs = { PULUMI_CONFIG_PASSPHRASE_FILE: join(dir, 'none') };
    assert.throws(() => passphraseEnv({ from: 'user' }, theirs), code('no-passphrase'));
  });
});
