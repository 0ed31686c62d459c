/** docs/faults.md out of the faults and of what a run of all of them measured. */
import type { Fault, FaultGroup } from './fault.ts';
import type { Result } from './results.ts';

const moments: Readonly<Record<Fault['when'], string>> = {
  before: 'before the run',
  during: 'in mid-run',
  after: 'after the run',
};

/** The part of a fault's row that is known without a run. */
export function row(fault: Fault): string {
  return `| \`${fault.name}\` | ${fault.what} | ${moments[fault.when]} | ${fault.met.as} |`;
}

export function document(groups: readonly FaultGroup[], results: readonly Result[], date: string): string {
  const tables = groups.map(({ title, faults }) => {
    const rows = faults.map((fault) => {
      const result = results.find((each) => each.fault === fault.name);
      if (result === undefined) throw new Error(`no result of ${fault.name}`);
      const code = result.code < 0 ? 'killed' : String(result.code);
      return `${row(fault)} ${code} | converged | ${result.seconds.toFixed(1)} s |`;
    });
    return [
      `## ${title[0]?.toUpperCase()}${title.slice(1)}`,
      '',
      '| fault | what happens | when | the command that meets it | its exit code | the next one | all of it |',
      '|---|---|---|---|---|---|---|',
      ...rows,
    ].join('\n');
  });
  const count = groups.reduce((sum, { faults }) => sum + faults.length, 0);
  return `${[intro(count, date), ...tables].join('\n\n')}\n`;
}

function intro(count: number, date: string): string {
  return `# Faults that a run survives

Every fault here is injected for real into a lab of three nodes: \`npm run test:faults\` does it, \`npm test\` does it too, and
\`npm run test:faults -- --record\` writes this page. The faults are values in \`tests/integration/faults/\`; a test holds that each of
them stands here.

Each begins with a small change to the cluster (Felix' reporting interval, which the network part of the playbook carries out), meets
its fault, is freed of it, and ends with the same proof: \`up\` converges; there is exactly one run for the change in the controller's
list, in however many attempts; the object in the API was changed exactly once and is as declared; the controller's record says so;
nobody holds the lock; and a further \`up\` finds nothing to do.

Recorded on ${date}, ${count} faults, with \`npm run test:faults -- --record\`.`;
}
