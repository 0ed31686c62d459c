/** Taking a lab down, whole or half-made: processes, namespaces, cgroups, folder, in this order. Runs under the lock. */

import { removeCgroups } from './cgroups.ts';
import { run } from './command.ts';
import { namespaceState, ourNamespaces, removeNamespace } from './namespaces.ts';
import { endProcessesIn } from './processes.ts';
import { type LabPaths, type LabRecord, writeRecord } from './state.ts';
import { machineNames, scopeName, workstation } from './topology.ts';

/** Commands in the workstation's network are asked to end first, this long (ms). Nodes are pulled like a plug. */
const grace = 3_000;

/** What was removed, one line each. The record goes last, so that a removal that was killed is taken up again. */
export async function takeDown(name: string, paths: LabPaths, record: LabRecord): Promise<string[]> {
  record.phase = 'removing';
  const save = () => writeRecord(paths.record, record);
  save();
  const rest = machineNames.filter((machine) => machine !== workstation.name);
  const ended = await Promise.all([
    endProcessesIn(ourNamespaces(name, [workstation.name], record), grace),
    endProcessesIn(ourNamespaces(name, rest, record)),
  ]);
  const lines = [`${ended.reduce((sum, n) => sum + n, 0)} processes ended`];

  for (const machine of machineNames) {
    const scope = scopeName(name, machine);
    if (namespaceState(name, machine, record).is === 'foreign')
      lines.push(`network namespace ${scope} is not ours: left`);
    if (await removeNamespace(name, machine, record, save)) lines.push(`network namespace ${scope} removed`);
  }

  await removeCgroups(record.cgroups);
  lines.push(`${record.cgroups.length} cgroups removed`);
  await run('rm', ['-rf', '--one-file-system', paths.hosts, paths.bundle], { timeout: 120_000 });
  await run('rm', ['-rf', '--one-file-system', paths.dir]);
  lines.push(`${paths.dir} removed`);
  return lines;
}
