import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

function reach(...words: string[]) {
  const done = spawnSync(process.execPath, ['cli/main.ts', 'reach', ...words], { cwd: root, encoding: 'utf8' });
  assert.doesNotMatch(done.stderr, /\n {4}at /);
  return { status: done.status, out: done.stdout, err: done.stderr };
}

const pods = ['web', 'api', 'db'].map((name, i) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `${name}-1`, namespace: 'shop', labels: { app: name } },
  status: { podIP: `10.0.0.${i + 1}` },
}));
const policy = (name: string, spec: object, namespace = 'shop') => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace },
  spec,
});
const deny = policy('deny', { podSelector: {}, policyTypes: ['Ingress'] });
const dbFromApi = policy('db', {
  podSelector: { matchLabels: { app: 'db' } },
  ingress: [{ from: [{ podSelector: { matchLabels: { app: 'api' } } }], ports: [{ port: 5432 }] }],
});

describe('calispray reach diff', () => {
  let folder: string;
  const file = (name: string, value: unknown) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
    return path;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'calispray-reach-diff-'));
    file('pods.json', pods);
    file('old/deny.json', deny);
    file('new/deny.json', deny);
    file('new/more/db.json', dbFromApi);
  });
  after(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => join(folder, name);
  const workloads = () => ['--world', at('pods.json')];

  it('compares folders of manifests over workloads that both share, and says why', () => {
    const { status, out } = reach('diff', at('old'), at('new'), ...workloads(), '--why');
    assert.equal(status, 0);
    assert.deepEqual(out.trimEnd().split('\n'), [
      'opened  tcp/5432  shop/api -> shop/db',
      '          was: ingress denied at the end of tier default, where NetworkPolicy shop/deny is for it',
      '          is:  ingress allowed by ingress[0] of NetworkPolicy shop/db (tier default)',
      'opened: 1 pair in 1 line',
    ]);
    const back = reach('diff', at('new'), at('old'), ...workloads(), '--exit-code');
    assert.equal(back.status, 1);
    assert.match(back.out, /^closed {2}tcp\/5432 {2}shop\/api -> shop\/db\n/);
    const same = reach('diff', at('new'), at('new'), ...workloads(), '--exit-code');
    assert.deepEqual([same.status, same.out], [0, 'No connection is opened or closed.\n']);
  });

  it('is a line of JSON each, and a table for a comment', () => {
    const [line, ...rest] = reach('diff', at('old'), at('new'), ...workloads(), '--json')
      .out.trim()
      .split('\n');
    assert.deepEqual(rest, []);
    const { change, before, after, ports, from, to, pairs, fromExact, toExact, ranges } = JSON.parse(line as string);
    assert.deepEqual(
      [change, before, after, ports, from, to, pairs],
      ['opened', 'deny', 'allow', 'tcp/5432', ['shop/api'], ['shop/db'], 1],
    );
    assert.deepEqual(
      [fromExact, toExact, ranges],
      [['shop/api-1'], ['shop/db-1'], [{ proto: 'tcp', first: 5432, last: 5432 }]],
    );
    const markdown = reach('diff', at('old'), at('new'), ...workloads(), '--format', 'markdown').out;
    assert.match(
      markdown,
      /^\*\*Reachability opened: 1 pair in 1 line\*\*\n\n\| change \| ports \| from \| to \| decided \|\n/,
    );
    assert.match(
      markdown,
      /\| opened \| tcp\/5432 \| shop\/api \| shop\/db \| ingress denied .* → ingress allowed by .* \|\n$/,
    );
    assert.match(reach('diff', at('old'), at('new'), '--format', 'dot').err, /no-format.*text, json, markdown/s);
  });

  it('is of one world and the same without a policy, or with its staged policies enforced', () => {
    assert.match(
      reach('diff', at('old'), ...workloads(), '--without', 'NetworkPolicy/shop/deny').out,
      /^opened {2}all {2}.*\n/,
    );
    assert.match(reach('diff', at('old'), ...workloads()).err, /nothing to be compared with[\s\S]*--enforce-staged/);
    assert.match(reach('diff', at('old'), '--enforce-staged', ...workloads()).err, /nothing-staged/);
    const staged = { ...dbFromApi, apiVersion: 'projectcalico.org/v3', kind: 'StagedKubernetesNetworkPolicy' };
    const { out } = reach(
      'diff',
      at('old'),
      '--enforce-staged',
      ...workloads(),
      '--world',
      file('staged.json', staged),
    );
    assert.match(out, /^opened {2}tcp\/5432 {2}shop\/api -> shop\/db\n/);
    const explained = reach(
      'explain',
      'shop/api',
      'shop/db',
      '5432',
      '--world',
      at('old'),
      ...workloads(),
      '--world',
      at('staged.json'),
    ).out;
    assert.match(
      explained,
      /^shop\/api-1 -> shop\/db-1 tcp\/5432: deny\n[\s\S]* {2}once staged policies are enforced: allow\n[\s\S]*ingress\[0\] of NetworkPolicy shop\/db/,
    );
  });

  it('names the workloads that one side alone has', () => {
    file('more.json', [{ ...pods[0], metadata: { name: 'new-1', namespace: 'shop', labels: { app: 'new' } } }]);
    const { out } = reach('diff', at('pods.json'), at('more.json'));
    assert.match(
      out,
      /Only in the new world, and not compared: shop\/new\nOnly in the old world, and not compared: shop\/web, shop\/api, shop\/db|Only in the new world, and not compared: shop\/new\nOnly in the old world, and not compared: shop\/api, shop\/db, shop\/web/,
    );
  });

  it('tells a large change in few lines', () => {
    const many = Array.from({ length: 600 }, (_, i) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `p${i}`, namespace: `ns${i % 12}`, labels: { app: `a${i % 7}` } },
      status: { podIP: `10.0.${i >> 8}.${i & 255}` },
    }));
    const rules = Array.from({ length: 60 }, (_, i) =>
      policy(
        `np${i}`,
        {
          podSelector: { matchLabels: { app: `a${i % 7}` } },
          ingress: [
            {
              from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: `a${(i * 3) % 7}` } } }],
              ports: [{ port: 1000 + (i % 5) }],
            },
          ],
        },
        `ns${i % 12}`,
      ),
    );
    const closed = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'GlobalNetworkPolicy',
      metadata: { name: 'x' },
      spec: { order: 1, types: ['Ingress'], selector: "app == 'a1'", ingress: [{ action: 'Deny' }] },
    };
    const [old, now] = [file('many.json', [...many, ...rules]), file('fewer.json', [...many, ...rules, closed])];
    const lines = reach('diff', old, now, '--json')
      .out.trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const pairs = lines.reduce((sum, line) => sum + line.pairs, 0);
    assert.ok(pairs > 5000, `${pairs} pairs`);
    assert.ok(lines.length <= 40, `${lines.length} lines`);
    const text = reach('diff', old, now).out.trim().split('\n');
    assert.ok(text.length <= 23, `${text.length} lines of text`);
    assert.ok(
      text.every((line) => line.length < 400),
      'a line names few and counts the rest',
    );
  });
});

describe('a stack as a source', () => {
  let project: string;
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', project, '-c', 'user.name=t', '-c', 'user.email=t@t', ...words], { stdio: 'pipe' });
  const stack = (more: string) => `config:
  calispray:cluster:
    apiVersion: calispray/v1
    name: test
    kubespray: { version: v2.31.0 }
    nodes:
      one: { address: 192.168.4.63, roles: [control-plane, etcd, worker], ssh: { user: root, hostKey: accept-new } }
    network: { nodes: 192.168.4.0/24, pods: 10.244.0.0/16, services: 10.233.0.0/18, pool: { cidr: 10.244.0.0/16, blockSize: 26 }, encapsulation: none }
    workloads:
      - { namespace: shop, name: web, labels: { app: web } }
      - { namespace: shop, name: db, labels: { app: db }, ports: [5432] }
    policies:
      namespaces: [shop]
${more}`;
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), text);
  };
  const manifest = (port: number) =>
    JSON.stringify(policy('db', { podSelector: { matchLabels: { app: 'db' } }, ingress: [{ ports: [{ port }] }] }));
  before(() => {
    project = mkdtempSync(join(tmpdir(), 'calispray-reach-git-'));
    git('init', '-q', '-b', 'main');
    write('Pulumi.yaml', 'name: test\nruntime: nodejs\n');
    write('Pulumi.dev.yaml', stack('      manifests: [policies/]\n'));
    write('policies/db.yaml', manifest(5432));
    write('policies/notes.md', 'none of these');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    write('policies/db.yaml', manifest(5433));
  });
  after(() => rmSync(project, { recursive: true }));
  const here = (...words: string[]) => reach(...words, '--cwd', project);

  it('answers by itself: its policies over the workloads that it declares', () => {
    const { out, err } = here('matrix', '--stack', 'dev');
    assert.equal(err, '');
    assert.match(out, /^shop\/web +all(, | +)?.*tcp\/5433/m);
    assert.doesNotMatch(out, /\?/, 'every pod of it has an address of its pool');
  });

  it('may be its workloads alone, which policies from elsewhere are asked over', () => {
    const { out } = here('diff', 'workloads:dev', 'stack:dev');
    assert.match(out, /^closed {2}all but tcp\/5433 {2}.*-> shop\/db\n/);
    const both = here('matrix', '--world', 'workloads:dev@main', '--world', join(project, 'policies')).out;
    assert.equal(both, here('matrix', '--stack', 'dev').out);
  });

  it('may be that of a revision, with its manifests as they were', () => {
    const { out, err } = here('diff', 'stack:dev@main', 'stack:dev');
    assert.equal(err, '');
    assert.match(out, /^opened {2}tcp\/5433 {2}.*-> shop\/db\nclosed {2}tcp\/5432 {2}.*-> shop\/db\n/);
    git('stash', '-q');
    assert.equal(here('diff', 'stack:dev@HEAD', 'stack:dev').out, 'No connection is opened or closed.\n');
    git('stash', 'pop', '-q');
  });

  it('of a revision says in a sentence what is wrong with it', () => {
    for (const [source, expected] of [
      ['stack:dev@none', /no-revision: git knows no revision none/],
      ['stack:dev@--all', /no-revision/],
      ['stack:prod@main', /not-in-revision: Pulumi\.prod\.yaml is not in main/],
      ['stack:../x@main', /unknown-stack/],
    ] as const) {
      assert.match(here('matrix', '--world', source).err, expected);
    }
    write('Pulumi.bad.yaml', stack('      manifests: [gone.yaml]\n'));
    git('add', 'Pulumi.bad.yaml');
    git('commit', '-q', '-m', 'bad');
    const { err } = here('matrix', '--world', 'stack:bad@HEAD');
    assert.match(
      err,
      /no-such-file at policies\.manifests\[0\] \(Pulumi\.bad\.yaml@HEAD:\d+\): gone\.yaml is not in HEAD/,
    );
  });

  it('gives way to what is really there, and its policies do not', () => {
    const real = join(project, 'real.json');
    const pod = {
      ...pods[2],
      metadata: {
        name: 'db-abc',
        namespace: 'shop',
        labels: { app: 'db' },
        ownerReferences: [{ controller: true, kind: 'StatefulSet', name: 'db' }],
      },
      status: { podIP: '10.244.3.3' },
    };
    const open = policy('db', { podSelector: { matchLabels: { app: 'db' } }, ingress: [{}] });
    writeFileSync(real, JSON.stringify([pod, open]));
    const over = here('matrix', '--by', 'pod', '--world', real, '--world', 'stack:dev').out;
    assert.match(over, /shop\/db-abc/);
    assert.doesNotMatch(over, /shop\/db( |$)/m, 'the pod that the stack promises is the one that is there');
    assert.match(over, /^shop\/web .*tcp\/5433/m);
    assert.doesNotMatch(here('matrix', '--by', 'pod', '--stack', 'dev', '--world', real).out, /tcp\/5433/);
  });
});
