import assert from 'node:assert/strict';
import { type Finding, formatFinding, UserError } from '../../cluster/finding.ts';

const finding: Finding = { code: 'c', class: 'harmful', path: 'network.mtu', message: 'm', hint: 'h' };
const at = { file: 'Pulumi.dev.yaml', line: 23, column: 5 };

describe('a finding', () => {
  it('is said with what there is of path, place and reference', () => {
    assert.deepEqual(
      [
        finding,
        { ...finding, at },
        { ...finding, path: '', at },
        { ...finding, path: '' },
        { ...finding, reference: 'r' },
      ].map(formatFinding),
      [
        'harmful c at network.mtu: m\n  → h',
        'harmful c at network.mtu (Pulumi.dev.yaml:23): m\n  → h',
        'harmful c at Pulumi.dev.yaml:23: m\n  → h',
        'harmful c: m\n  → h',
        'harmful c at network.mtu: m\n  → h (r)',
      ],
    );
  });

  it('is carried by an error that the engine prints without a stack', () => {
    const error = UserError.of('c', 'p', 'm', 'h');
    assert.deepEqual(error.findings, [{ code: 'c', class: 'refused', path: 'p', message: 'm', hint: 'h' }]);
    assert.deepEqual(
      [error.name, error.__pulumiRunError, error.message],
      ['UserError', true, 'refused c at p: m\n  → h'],
    );
    assert.equal(new UserError([finding, finding]).message, `${formatFinding(finding)}\n${formatFinding(finding)}`);
  });
});
