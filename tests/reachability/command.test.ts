import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

function calispray(...words: string[]) {
  const done = spawnSync(process.execPath, ['cli/main.ts', ...words], { cwd: root, encoding: 'utf8' });
  return { status: done.status, out: done.stdout, err: done.stderr };
}

const world = `
apiVersion: v1
kind: Pod
metadata: { name: a, namespace: n, labels: { app: a } }
status: { podIP: 10.0.0.1 }
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata: { name: b, namespace: n, labels: { app: b } }
    status: { podIP: 10.0.0.2 }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny, namespace: n }
spec:
  podSelector: { matchLabels: { app: b } }
---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: old }
spec: {}
`;

describe('calispray reach', () => {
  let folder: string;
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'calispray-reach-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('answers a line a query, in order, with the deciding rules', () => {
    const queries = file(
      'queries.json',
      JSON.stringify({
        queries: [
          { src: 'n/a', dst: 'n/b', port: 80 },
          { src: 'n/b', dst: 'n/a', proto: 'udp', port: 53, srcPort: 9 },
        ],
      }),
    );
    const { status, out, err } = calispray(
      'reach',
      '--world',
      file('world.yaml', world),
      '--queries',
      queries,
      '--json',
    );
    assert.equal(status, 0);
    assert.match(err, /AdminNetworkPolicy old is left out: Calico enforces/);
    const [first, second, ...rest] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(rest, []);
    assert.deepEqual(first, {
      src: 'n/a',
      dst: 'n/b',
      proto: 'tcp',
      port: 80,
      verdict: 'deny',
      egress: {
        verdict: 'allow',
        rule: { tier: '__PROFILE__', kind: 'Profile', policy: 'kns.n', index: 0, action: 'allow' },
        trace: ['tier=__PROFILE__ kind=Profile policy=kns.n idx=0 action=allow'],
      },
      ingress: {
        verdict: 'deny',
        rule: { tier: 'default', kind: 'KubernetesNetworkPolicy', policy: 'n/deny', index: -1, action: 'deny' },
        trace: ['tier=default kind=KubernetesNetworkPolicy policy=n/deny idx=-1 action=deny'],
      },
    });
    assert.deepEqual([second.src, second.proto, second.srcPort, second.verdict], ['n/b', 'udp', 9, 'allow']);
  });

  it('answers to the last line, however many there are and however slowly they are read', () => {
    const queries = file('many.jsonl', '{"src":"n/a","dst":"n/b","port":80}\n'.repeat(9000));
    const words = ['cli/main.ts', 'reach', '--world', file('world.yaml', world), '--queries', queries, '--json'];
    const line = `${[process.execPath, ...words].map((word) => `'${word}'`).join(' ')} | (sleep 1; wc -l)`;
    const done = spawnSync('sh', ['-c', line], { cwd: root, encoding: 'utf8' });
    assert.equal(done.stdout.trim(), '9000');
  });

  it('reads JSON a line, and says in words what cannot be answered', () => {
    const queries = file(
      'queries.jsonl',
      '{"src":"n/a","dst":"8.8.8.8","proto":"icmp","icmpType":8}\n{"src":"n/x","dst":"n/b"}\n',
    );
    const { status, out } = calispray('reach', '--world', file('world.yaml', world), '--queries', queries);
    assert.equal(status, 1);
    assert.deepEqual(
      out
        .trim()
        .split('\n')
        .map((line) => line.slice(0, 40)),
      ['allow  n/a -> 8.8.8.8 icmp/8: egress all', 'error  n/x -> n/b tcp: there is no n/x i'],
    );
  });

  it('answers the other queries of a file where one asks for a port that there is none of', () => {
    const queries = [99999, -1, null, 80].map((port) => ({ src: 'n/a', dst: 'n/b', port }));
    const [w, q] = [file('world.yaml', world), file('queries.json', JSON.stringify(queries))];
    const { status, out } = calispray('reach', '--world', w, '--queries', q, '--json');
    assert.equal(status, 1);
    const lines = out.trim().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)).map(({ error, verdict }) => verdict ?? error),
      ['99999 is no port: those are from 1 to 65535', '-1 is no port: those are from 1 to 65535', 'deny', 'deny'],
    );
  });

  it('reads what editors and shells of Windows write', () => {
    const windows = `\ufeff${world.trim().replaceAll('\n', '\r\n')}`;
    const queries = file('queries.json', '\ufeff[{ "src": "n/a", "dst": "n/b", "port": 80 }]\r\n');
    const { out, err } = calispray('reach', '--world', file('world.yaml', windows), '--queries', queries, '--json');
    assert.equal(JSON.parse(out).verdict, 'deny', err);
    const list = `\ufeff- ${JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } })}\r\n`;
    assert.match(calispray('reach', 'validate', '--resources', file('list.yaml', list)).out, /ok +Namespace n/);
  });

  it('says on one line what is wrong, where a document a line is promised', () => {
    const { out } = calispray('reach', '--world', join(folder, 'none'), '--queries', folder, '--json');
    assert.deepEqual(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).findings[0].code),
      ['no-such-file'],
    );
  });

  it('explains one connection, step by step', () => {
    const { status, out } = calispray('reach', 'explain', '--world', file('world.yaml', world), 'n/a', 'n/b', '80');
    assert.equal(status, 0);
    assert.deepEqual(out.trim().split('\n'), [
      'n/a -> n/b tcp/80: deny',
      '  egress of n/a: allow',
      '    allowed by the profile kns.n: no policy is for it',
      '  ingress of n/b: deny',
      '    denied at the end of tier default, where NetworkPolicy n/deny is for it',
    ]);
    const other = calispray(
      'reach',
      'explain',
      'n/b',
      '8.8.8.8',
      '53',
      '--proto',
      'udp',
      '--world',
      file('world.yaml', world),
      '--json',
    );
    assert.deepEqual([JSON.parse(other.out).proto, JSON.parse(other.out).verdict], ['udp', 'allow']);
    assert.match(
      calispray('reach', 'explain', 'n/a', 'n/b', '80x', '--world', file('world.yaml', world)).err,
      /80x is no port/,
    );
    assert.match(calispray('reach', 'explain', 'n/a', 'n/b').err, /no world is given/);
  });

  it('says which resources Calico would refuse', () => {
    const resources = file(
      'resources.yaml',
      `${world}---\napiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: { name: a.b }\n`,
    );
    const { status, out } = calispray('reach', 'validate', '--resources', resources, '--json');
    assert.equal(status, 1);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ ok }) => ok),
      [true, true, true, true, false],
    );
    assert.deepEqual([lines[4].kind, lines[4].name], ['Tier', 'a.b']);
    assert.match(lines[4].error, /metadata\.name: "a\.b" is not a name/);
  });

  for (const [words, texts, expected] of [
    ['a world that is broken', ['a: [', '[]'], /not-yaml .*world\.yaml:1/],
    ['a world of something else', ['- 5', '[]'], /no-resource|^$/],
    ['a query that is none', [world, '[{"src": "n/a"}]'], /no-query: .*query 1 is not understood/],
  ] as const) {
    it(`refuses ${words} in a sentence`, () => {
      const [w, q] = texts;
      const { err } = calispray('reach', '--world', file('world.yaml', w), '--queries', file('queries.json', q));
      assert.match(err, expected);
      assert.doesNotMatch(err, /\n {4}at /);
    });
  }

  it('wants to be asked something, of files that are there', () => {
    assert.match(calispray('reach').err, /no-question/);
    for (const port of ['0', '65536', 'http'])
      assert.match(calispray('reach', 'explain', 'n/a', 'n/b', port).err, /no-query: .* is no port/);
    assert.match(calispray('reach', '--world', file('world.yaml', world), '--queries', folder).err, /not-a-file/);
    assert.match(calispray('reach', '--world', join(folder, 'none'), '--queries', folder).err, /no-such-file/);
    assert.match(calispray('reach', 'validate').err, /--resources/);
  });
});
