import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageDir } from '../cli/project.ts';
import { askNodes } from '../cli/ssh/ask.ts';
import { Farm } from '../tests/support/farm/index.ts';
import { manyProject, withManyNodes } from '../tests/support/farm/many.ts';
import { clusterOf } from '../tests/support/stacks.ts';
import { median, row, wallOf } from './measure.ts';

const ROUNDS = 7;
const MANY = 500;

/** What grows with the nodes: asking them, and the preview and the plan of a cluster of 500. The farm of sshds needs root. */
export async function benchScale(): Promise<boolean> {
  const rows = [await manyAsked(), ...(await engine())];
  if (process.getuid?.() === 0) rows.unshift(await farmAsked());
  else process.stdout.write('      twenty real sshds need root and were left out\n');
  return rows.every(Boolean);
}

/** Twenty and three nodes in turns, each time by a process of its own, as a user's: what else the machine does falls on both. */
async function farmAsked(): Promise<boolean> {
  const farm = await Farm.start({ nodes: 20 });
  try {
    const taken = { three: [] as number[], twenty: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, nodes] of [
        ['three', 3],
        ['twenty', 20],
      ] as const) {
        const [asked] = await farm.ask(farm.cluster({ nodes }));
        if (asked === undefined || asked.findings.length > 0) throw new Error(JSON.stringify(asked));
        taken[name].push(asked.seconds);
      }
    }
    const [three, twenty] = [median(taken.three), median(taken.twenty)];
    process.stdout.write(
      `      asking real sshds, all on this machine: 3 nodes ${three.toFixed(2)} s, 20 nodes ${twenty.toFixed(2)} s\n`,
    );
    return row('asking 20 nodes / asking 3', twenty / three, '', 3);
  } finally {
    await farm.stop();
  }
}

/** Nodes of one process beside this one: what is measured is our own end. */
async function manyAsked(): Promise<boolean> {
  let seconds = 0;
  const { most } = await withManyNodes(MANY, async (value) => {
    const cluster = clusterOf(value);
    seconds = await wallOf(async () => {
      const findings = await askNodes(cluster, () => {}, 60);
      if (findings.length > 0) throw new Error(JSON.stringify(findings[0]));
    });
  });
  process.stdout.write(`      asking ${MANY} simulated nodes: ${seconds.toFixed(1)} s\n`);
  return row(`connections at a time, of ${MANY}`, most, '', 64);
}

async function engine(): Promise<boolean[]> {
  const dir = mkdtempSync(join(tmpdir(), 'calispray-bench-scale-'));
  try {
    const project = manyProject(join(dir, 'project'), MANY);
    const state = join(dir, 'state');
    const words = (command: string) => ['-C', project, command, '--stack', 'many'];
    const preview = await watched(words('preview'), state);
    const plan = await watched(words('plan'), state);
    process.stdout.write(
      `      ${MANY} nodes: preview ${preview.seconds.toFixed(1)} s (${preview.parts}), plan ${plan.mebibytes} MiB\n`,
    );
    return [
      row(`preview of ${MANY} nodes: engine, program and pack at their most`, preview.mebibytes, 'MiB', 1000),
      row(`calispray plan of ${MANY} nodes`, plan.seconds, 's', 5),
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

interface Watched {
  readonly seconds: number;
  /** Resident memory of the process and all below it, at its most. */
  readonly mebibytes: number;
  readonly parts: string;
}

/** Runs a command of calispray and looks at its processes ten times a second. */
async function watched(words: readonly string[], state: string): Promise<Watched> {
  const child = spawn(process.execPath, [join(packageDir, 'cli/main.ts'), ...words], {
    env: { ...process.env, CALISPRAY_STATE: state },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  let [most, parts] = [0, ''];
  const look = setInterval(() => {
    const sizes = residentBelow(child.pid as number);
    const whole = sizes.reduce((sum, { pages }) => sum + pages, 0);
    if (whole <= most) return;
    most = whole;
    parts = sizes.map(({ name, pages }) => `${name} ${mebi(pages)}`).join(', ');
  }, 100);
  let code: number | null = null;
  const seconds = await wallOf(async () => {
    code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  });
  clearInterval(look);
  if (code !== 0) throw new Error(`calispray ${words.join(' ')} ended with ${code}:\n${said}`);
  return { seconds, mebibytes: mebi(most), parts };
}

/** A page is 4 KiB on every machine this runs on. */
const mebi = (pages: number): number => Math.round(pages / 256);

/** Name and resident pages of a process and of everything that it started. */
function residentBelow(pid: number): { name: string; pages: number }[] {
  const all = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
        const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
        const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
        return [{ pid: Number(entry), parent: Number(fields[1]), name, pages: Number(fields[21]) }];
      } catch {
        return []; // gone since it was listed
      }
    });
  const below = (parent: number): typeof all => {
    const children = all.filter((each) => each.parent === parent);
    return [...children, ...children.flatMap((each) => below(each.pid))];
  };
  return [...all.filter((each) => each.pid === pid), ...below(pid)];
}
