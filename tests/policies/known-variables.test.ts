import assert from 'node:assert/strict';
import { releases } from '../../cluster/releases.ts';
import { subjectOf } from '../../kubespray/index.ts';
import { IGNORED, isFrom, KNOWN, REFUSED, SINCE } from '../../policies/rules/names/known-variables.ts';
import { mistypedVariable } from '../../policies/rules/names/mistyped-variable.ts';
import { complete } from '../../policies/rules/subject.ts';
import { clusterOf, stackCluster } from '../support/stacks.ts';

/** What the rule on spelling says of one name. */
const meant = (name: string) => mistypedVariable.judge(complete({ variables: { [name]: 1 } })).map((f) => f.hint);

describe('the variables that kubespray knows', () => {
  it('are each there once, in order, and retired ones are not among them', () => {
    assert.deepEqual(KNOWN, [...new Set(KNOWN)].sort());
    const retired = [...REFUSED, ...IGNORED].map(({ name }) => name);
    assert.deepEqual(
      retired.filter((name) => KNOWN.includes(name)),
      [],
    );
    for (const name of SINCE.keys()) assert.ok(KNOWN.includes(name), name);
    const tags = [
      ...SINCE.values(),
      ...[...REFUSED, ...IGNORED].flatMap(({ from, until }) => [from ?? [], until ?? []].flat()),
    ];
    for (const tag of tags)
      assert.ok(
        releases.some((release) => release.tag === tag),
        tag,
      );
  });

  it('hold every one of Calico that the four stacks are rendered with', () => {
    for (const stack of ['dev', 'staging', 'prod', 'lab']) {
      const names = Object.keys(subjectOf(clusterOf(stackCluster(stack))).variables);
      const calico = names.filter((name) => /^(calico|typha)_/.test(name));
      assert.ok(calico.length > 10, stack);
      assert.deepEqual(
        calico.filter((name) => !KNOWN.includes(name)),
        [],
      );
    }
  });

  it('are what is meant by one letter more, fewer or another, and are never remarked on themselves', () => {
    for (const name of KNOWN) {
      assert.deepEqual(meant(name), []);
      const rest = name.indexOf('_') + 2;
      for (const wrong of [
        `${name}s`,
        name.slice(0, rest) + name.slice(rest + 1),
        `${name.slice(0, rest)}0${name.slice(rest)}`,
      ]) {
        if (KNOWN.includes(wrong)) continue;
        assert.match(meant(wrong).join(), /^Perhaps [a-z0-9_]+ is meant\.$/, wrong);
      }
    }
  });

  it('change from release to release', () => {
    assert.deepEqual(
      [isFrom('v2.28.1', 'v2.29.0'), isFrom('v2.29.0', 'v2.29.0'), isFrom('v2.31.0', 'v2.29.0')],
      [false, true, true],
    );
    assert.ok(isFrom(undefined, 'v2.31.0') && isFrom('v9', 'v2.31.0'));
  });
});
