import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { calispray } from '../support/command.ts';
import { edited, stackCluster } from '../support/stacks.ts';

/** 1490 is harmful above the 1480 that IP-in-IP leaves, and nothing else is against it. */
const cluster = edited(stackCluster('dev'), { network: { mtu: 1490 } });
const RULE = 'mtu-above-encapsulation';

describe('calispray check, at the levels of the stack', () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-check-'));
    writeFileSync(join(dir, 'Pulumi.yaml'), 'name: own\nruntime: nodejs\n');
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  function check(policy: Record<string, string> | undefined, ...words: string[]) {
    const config = { 'calispray:cluster': cluster, ...(policy === undefined ? {} : { 'calispray:policy': policy }) };
    writeFileSync(join(dir, 'Pulumi.own.yaml'), stringify({ config }));
    return calispray('-C', dir, 'check', '--stack', 'own', ...words);
  }

  it('ends with 1 at what is harmful where the stack says nothing', () => {
    const { code, out } = check(undefined);
    assert.equal(code, 1);
    assert.match(out, /^harmful mtu-above-encapsulation at network\.mtu/m);
    assert.doesNotMatch(out, /calispray:policy|nothing against it|passes/);
  });

  it('says what is advisory or put right, and passes it', () => {
    for (const [level, word] of [
      ['advisory', 'is said, and passed'],
      ['remediate', 'is put right in a run'],
    ] as const) {
      const { code, out, err } = check({ [RULE]: level });
      assert.deepEqual([code, err], [0, ''], level);
      assert.match(
        out,
        new RegExp(`^harmful ${RULE} at .*\\n  → .*\\n  calispray:policy has it ${level}: it ${word}$`, 'm'),
      );
      assert.match(out, /^vmstation: passes all the same\.$/m);
    }
  });

  it('leaves out what is disabled, and says so at the end', () => {
    const { code, out } = check({ [RULE]: 'disabled', 'host-key-missing': 'advisory' });
    assert.equal(code, 0);
    assert.doesNotMatch(out, /mtu-above-encapsulation at/);
    assert.match(out, /^vmstation: passes all the same, with mtu-above-encapsulation disabled\.$/m);
  });

  it('stops at advice that the stack made mandatory', () => {
    const { code, out } = check({ [RULE]: 'disabled', 'host-key-missing': 'mandatory' });
    assert.equal(code, 1);
    assert.match(out, /^advice host-key-missing at .*\n.*\n {2}calispray:policy has it mandatory: it stops a run$/m);
  });

  it('has the levels in its JSON, beside the findings', () => {
    const { code, out } = check({ [RULE]: 'advisory', 'host-key-missing': 'disabled' }, '--json');
    const { ok, findings, levels } = JSON.parse(out);
    assert.deepEqual([code, ok], [0, true]);
    assert.deepEqual(
      findings.map((finding: { code: string }) => finding.code),
      [RULE],
    );
    assert.deepEqual(levels, { [RULE]: 'advisory', 'host-key-missing': 'disabled' });
  });

  it('leaves out what is disabled beside a typing error as well', () => {
    const typed = { ...cluster, felix: { metrics: { port: 9091, prt: 9 } } };
    const told = (policy: object) => {
      const config = { 'calispray:cluster': typed, 'calispray:policy': policy };
      writeFileSync(join(dir, 'Pulumi.own.yaml'), stringify({ config }));
      return calispray('-C', dir, 'check', '--stack', 'own').err;
    };
    assert.match(told({}), /unknown-key at felix\.metrics\.prt[\s\S]*mtu-above-encapsulation at/);
    const without = told({ [RULE]: 'disabled' });
    assert.match(without, /unknown-key at felix\.metrics\.prt/);
    assert.doesNotMatch(without, /mtu-above-encapsulation/);
  });

  it('names a level that no rule takes, with its line', () => {
    const { code, out, err } = check({ 'pool-inside-pods': 'advisory' });
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /^refused policy-lowered at calispray:policy\.pool-inside-pods \(.*Pulumi\.own\.yaml:\d+\)/);
  });

  it('takes a spec as it is, which has no levels', () => {
    const file = join(dir, 'spec.yaml');
    writeFileSync(file, stringify(cluster));
    assert.equal(calispray('check', '--spec', file).code, 1);
  });
});
