import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageDir } from '../cli/project.ts';
import { deriveNetwork, parseCluster } from '../cluster/index.ts';
import { readYaml } from '../cluster/yaml.ts';
import { renderInventory, subjectOf } from '../kubespray/index.ts';
import { judge } from '../policies/rules/index.ts';
import { cost, median, row } from './measure.ts';

const ROUNDS = 9;

/** What needs no engine: from a file's text to findings and an inventory, and `calispray check` from start to end. */
export async function benchPure(): Promise<boolean> {
  const seconds = new Map([3, 100, 1000].map((nodes) => [nodes, timeOf(nodes)]));
  const of = (nodes: number) => seconds.get(nodes) as number;
  for (const [nodes, taken] of seconds) {
    process.stdout.write(
      `      ${nodes} nodes, from YAML to findings and inventory: ${(taken * 1000).toFixed(1)} ms\n`,
    );
  }
  const rows = [
    row('3 nodes: parse, solve, judge, render', of(3) * 1000, 'ms', 30),
    row('1,000 nodes: parse, solve, judge, render', of(1000), 's', 1.5),
    row('1,000 nodes / 100 nodes', of(1000) / of(100), '', 12),
    await benchCheck(),
  ];
  return rows.every(Boolean);
}

/** Median seconds of one walk from the text to findings and files; the first rounds only warm up. */
function timeOf(nodes: number): number {
  const text = specOf(nodes);
  const taken: number[] = [];
  for (let round = -3; round < ROUNDS; round++) {
    const start = performance.now();
    const read = readYaml(text, 'spec.yaml');
    if (!read.ok) throw new Error(JSON.stringify(read.findings[0]));
    const parsed = parseCluster(read.source.value);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings[0]));
    deriveNetwork(parsed.cluster);
    const findings = judge(subjectOf(parsed.cluster));
    const { files } = renderInventory(parsed.cluster);
    if (Object.keys(files).length === 0 || findings.some((f) => f.class === 'refused')) {
      throw new Error(JSON.stringify(findings[0]));
    }
    if (round >= 0) taken.push((performance.now() - start) / 1000);
  }
  return median(taken);
}

/** A cluster of that many nodes, each with what a person would write for it; three of them are the control plane. */
export function specOf(nodes: number): string {
  const masters = Math.min(3, nodes);
  const line = (i: number) => {
    const roles = i < masters ? 'control-plane, etcd, worker' : 'worker';
    const key = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${String(i).padStart(43, 'x')}`;
    return `  node-${i}: { address: 10.1.${Math.floor(i / 250)}.${(i % 250) + 1}, roles: [${roles}], ssh: { hostKey: ${key} } }`;
  };
  return [
    'apiVersion: calispray/v1',
    'name: bench',
    `kubespray: { order: [${Array.from({ length: masters }, (_, i) => `node-${i}`).join(', ')}] }`,
    'ssh: { user: deploy, key: ~/.ssh/id_ed25519 }',
    'nodes:',
    ...Array.from({ length: nodes }, (_, i) => line(i)),
    'network:',
    '  nodes: 10.1.0.0/16',
    '  pods: 10.64.0.0/12',
    '  services: 10.233.0.0/18',
    '  pool: { cidr: 10.64.0.0/12, blockSize: 26 }',
    '  encapsulation: { vxlan: cross-subnet }',
    'policies: { namespaces: [production], defaultDenyIngress: [production], allowDns: [production] }',
    '',
  ].join('\n');
}

/** `calispray check` against Node doing nothing with the same modules; in turns, so that both see the same machine. */
async function benchCheck(): Promise<boolean> {
  const dir = mkdtempSync(join(tmpdir(), 'calispray-bench-check-'));
  try {
    const spec = join(dir, 'spec.yaml');
    writeFileSync(spec, specOf(3));
    const modules = [
      'cli/commands/check.ts',
      'cluster/index.ts',
      'components/manifests.ts',
      'kubespray/index.ts',
      'policies/objects/judge.ts',
      'policies/rules/index.ts',
    ];
    const imports = modules.map((path) => `import ${JSON.stringify(pathToFileURL(join(packageDir, path)).href)};`);
    const nothing = [process.execPath, '--input-type=module', '-e', `import 'commander';${imports.join('')}`];
    const ours = [process.execPath, join(packageDir, 'cli/bin.js'), 'check', '--spec', spec];
    // Both find their modules compiled, as they are from the second run on.
    const env = { ...process.env, NODE_COMPILE_CACHE: join(dir, 'compiled') };
    const taken = { nothing: [] as number[], ours: [] as number[] };
    for (let round = -1; round < ROUNDS; round++) {
      for (const [name, argv] of Object.entries({ nothing, ours })) {
        const { wall, code, output } = await cost(argv, env);
        if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}:\n${output}`);
        if (round >= 0) taken[name as keyof typeof taken].push(wall);
      }
    }
    process.stdout.write(
      `      calispray check of 3 nodes ${median(taken.ours).toFixed(3)} s, Node with its imports alone ${median(taken.nothing).toFixed(3)} s\n`,
    );
    const many = join(dir, 'many.yaml');
    writeFileSync(many, specOf(1000));
    const { wall } = await cost([process.execPath, join(packageDir, 'cli/bin.js'), 'check', '--spec', many], env);
    process.stdout.write(`      calispray check of 1,000 nodes ${wall.toFixed(3)} s\n`);
    return row('calispray check / Node with the same imports', median(taken.ours) / median(taken.nothing), '', 2);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
