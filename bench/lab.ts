import { row } from './measure.ts';
import { withOwnLab } from './own-lab.ts';

/** The lab from nothing: hosts up, everything applied, a start that finds everything, and its verification. On a lab of its own. */
export async function benchLab(): Promise<boolean> {
  return withOwnLab(async (calispray) => {
    const hosts = await calispray('lab', 'up');
    const applied = await calispray('start');
    const again = await calispray('start');
    const verified = await calispray('verify');
    const rows = [
      row('three nodes up', hosts.wall, 's', 8),
      row('from three bare nodes to all resources applied', applied.wall, 's', 60),
      row('a start with nothing to do', again.cpu, 's CPU', 10),
      row('verify on three nodes', verified.wall, 's', 20),
    ];
    process.stdout.write(`      a start with nothing to do took ${again.wall.toFixed(2)} s of wall time\n`);
    return rows.every(Boolean);
  });
}
