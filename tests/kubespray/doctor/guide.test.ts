import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Report, troubles } from '../../../kubespray/doctor/index.ts';
import { guide, MARK } from './support/guide.ts';

const file = join(import.meta.dirname, '../../../docs/doctor.md');
const root = join(import.meta.dirname, '../../..');

describe('the guide of the doctor', () => {
  it('has a section of every trouble, as it is told', () => {
    const [head = ''] = readFileSync(file, 'utf8').split(MARK);
    const whole = head + guide();
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, whole);
    assert.equal(readFileSync(file, 'utf8'), whole, 'docs/doctor.md: UPDATE_GOLDEN=1 writes it anew');
    for (const { code } of troubles) assert.match(whole, new RegExp(`^### ${code}$`, 'm'));
  });

  it('names in its head no trouble that there is not, and every one of them', () => {
    const [head = ''] = readFileSync(file, 'utf8').split(MARK);
    const named = new Set([...head.matchAll(/\]\(#([a-z0-9-]+)\)/g)].map(([, code]) => code));
    assert.deepEqual([...named].sort(), troubles.map(({ code }) => code).sort());
  });

  const goldens = globSync(join(import.meta.dirname, 'golden/*/*.json'));
  const findings = goldens.flatMap((golden) => (JSON.parse(readFileSync(golden, 'utf8')) as Report).findings);

  it('gives commands in the forms that are right', () => {
    assert.ok(findings.length > 60, `${findings.length} findings`);
    for (const { mend, code } of findings) {
      for (const { command } of mend) {
        assert.doesNotMatch(command, /kubectl exec/, `${code}: calicoctl is in no image of Calico's`);
        assert.doesNotMatch(
          command,
          /(?<!\.sh) ?\bcalicoctl (?!\.sh)/,
          `${code}: calicoctl.sh, which knows the datastore`,
        );
        assert.doesNotMatch(command, /ipam release --ip/, `${code}: a single address may be a living pod's`);
        assert.doesNotMatch(
          command,
          /(^|[;&|] *)(kubectl|calicoctl\.sh|sysctl|nft|iptables)\b/,
          `${code}: these need root: ${command}`,
        );
      }
    }
  });

  it('points to fields that a stack file has', () => {
    const fields = readFileSync(join(root, 'docs/stack-file.md'), 'utf8');
    const paths = new Set(findings.flatMap(({ stack }) => (stack === undefined ? [] : [stack.path])));
    assert.ok(paths.size >= 8, [...paths].join(', '));
    for (const path of paths) {
      const plain = path
        .replace(/^nodes\.[^.]+/, 'nodes.NAME')
        .replace(/\[\d*\]/g, '[]')
        .replace(/\[\]$/, '');
      assert.ok(fields.includes(`\`${plain}\``), `${plain} is in docs/stack-file.md`);
    }
  });
});
