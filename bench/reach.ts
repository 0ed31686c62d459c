import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageDir } from '../cli/project.ts';
import { cost, row } from './measure.ts';

/** Of all 999,000 pairs of the shared generator's world of 1,000 pods, recorded from Calico's own checker. */
const RECORDED = 'e0dbe91c1559066b258c7aab88d4a95c3ad90db3082e5c5748f6f00c848aaf6f';

/** Who reaches whom: every pair of 1,000 pods; the classes of 10,000. */
export async function benchReach(): Promise<boolean> {
  const dir = mkdtempSync(join(tmpdir(), 'calispray-bench-reach-'));
  try {
    const shared = worldsIn(process.env.CALISPRAY_CONFORMANCE);
    const file = (name: string, policies: number, pods: number, namespaces: number) => {
      const path = join(dir, name);
      writeFileSync(path, shared?.(policies, pods, namespaces) ?? worldText(policies, pods, namespaces));
      return path;
    };
    const small = await measured('pairs', file('small.yaml', 100, 1000, 20));
    process.stdout.write(`      1,000 pods, every pair: ${small.allowed} allowed, digest ${small.digest}\n`);
    if (shared !== undefined && small.digest !== RECORDED) throw new Error(`the recorded digest is ${RECORDED}`);
    const big = await measured('matrix', file('big.yaml', 1000, 10_000, 100));
    const of = (figures: Figures, name: string) => figures[name] as number;
    process.stdout.write(
      `      10,000 pods are ${big.classes} classes; a query ${of(big, 'queryMedian').toFixed(4)} ms, the slowest of the first 1,000 ${of(big, 'queryFirst').toFixed(2)} ms\n`,
    );
    const rows = [
      row('1,000 pods, 999,000 pairs asked one by one, all in all: CPU', of(small, 'cpu'), 's', 2),
      row('the same: memory', of(small, 'megabytes'), 'MB', 300),
      row('10,000 pods, 1,000 policies: matrix by classes', of(big, 'matrixSeconds'), 's', 20),
      row('the same with a second world, queries and a diff: memory', of(big, 'megabytes'), 'MB', 2000),
      row('one query of 10,000 pods, after 1,000 others: 99 of 100', of(big, 'queryP99'), 'ms', 1),
      row(
        'diff after one changed policy / full matrix, the middle of 30',
        of(big, 'diffSeconds') / of(big, 'matrixSeconds'),
        '',
        0.1,
      ),
      row('the same, the slowest of 30', of(big, 'diffSlowest') / of(big, 'matrixSeconds'), '', 0.1),
    ];
    return rows.every(Boolean);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

type Figures = Readonly<Record<string, number | string>>;

async function measured(what: string, file: string): Promise<Figures> {
  const { code, output } = await cost([process.execPath, join(packageDir, 'bench/reach-world.ts'), what, file]);
  if (code !== 0) throw new Error(`bench/reach-world.ts ${what} ended with ${code}:\n${output}`);
  return JSON.parse(output.slice(output.indexOf('{')));
}

/** The generator of the recorded worlds, where its folder is there. */
function worldsIn(folder: string | undefined): ((...numbers: number[]) => string) | undefined {
  const generator = join(folder ?? '', 'perf', 'gen.py');
  if (folder === undefined || !existsSync(generator)) return undefined;
  return (...numbers) => {
    const done = spawnSync('python3', [generator, ...numbers.map(String)], { encoding: 'utf8', maxBuffer: 2 ** 28 });
    if (done.status !== 0) throw new Error(`${generator} ended with ${done.status}:\n${done.stderr}`);
    return done.stdout;
  };
}

/**
 * A world of the same measures as the recorded ones: pods with three labels, an address and a port; policies of Kubernetes with two peers
 * by namespace and label, every third for egress too. The same text for the same numbers.
 */
function worldText(policies: number, pods: number, namespaces: number): string {
  let seed = 7;
  const below = (limit: number) => {
    // Mulberry32: numbers that follow each other have nothing to do with each other, so few selectors are alike.
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  const peer = () => ({
    namespaceSelector: { matchLabels: { team: `t${below(5)}` } },
    podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: [`a${below(10)}`, `a${below(10)}`] }] },
  });
  const namespace = (i: number) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: `ns${i}`, labels: { team: `t${i % 5}` } },
  });
  const pod = (i: number) => {
    const name = `p${Math.floor(i / namespaces)}`;
    const labels = { app: `a${Math.floor(i / namespaces) % 10}`, tier: ['web', 'db', 'mid'][below(3)], id: name };
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: `ns${i % namespaces}`, labels },
      spec: { containers: [{ name: 'c', ports: [{ containerPort: 80, name: 'http' }] }] },
      status: { podIP: `10.244.${Math.floor(i / 250)}.${(i % 250) + 1}` },
    };
  };
  const policy = (i: number) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `np${i}`, namespace: `ns${i % namespaces}` },
    spec: {
      podSelector: { matchLabels: { app: `a${below(10)}` } },
      policyTypes: i % 3 === 0 ? ['Ingress', 'Egress'] : ['Ingress'],
      ingress: [
        { from: [peer(), peer()], ports: [{ port: [80, 443, 8080][below(3)] }, { port: 1000, endPort: 2000 }] },
        {
          from: [{ ipBlock: { cidr: '10.244.0.0/17', except: ['10.244.1.0/24'] } }],
          ports: [{ protocol: 'UDP', port: 53 }],
        },
      ],
      ...(i % 3 === 0 && { egress: [{ to: [peer(), { podSelector: {} }], ports: [{ port: 80 }] }] }),
    },
  });
  const all = [
    ...Array.from({ length: namespaces }, (_, i) => namespace(i)),
    ...Array.from({ length: pods }, (_, i) => pod(i)),
    ...Array.from({ length: policies }, (_, i) => policy(i)),
  ];
  return all.map((one) => JSON.stringify(one)).join('\n---\n');
}
