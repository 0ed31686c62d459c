import assert from 'node:assert/strict';
import { Calispray } from '../../support/calispray.ts';
import { DoctorGround } from '../../support/doctor.ts';
import type { DoctorFault } from '../../support/doctor-fault.ts';
import { doctorFaults } from './all.ts';

/** Troubles made for real on one lab, each of which the doctor has to name first; without any, it has nothing to say. */
describe('the doctor', function () {
  this.timeout(600_000);
  let ground: DoctorGround;
  before(() => {
    ground = new DoctorGround(new Calispray('doctor'));
  });
  after(() => ground.remove());

  for (const [place, { title, encapsulation, faults }] of doctorFaults.entries()) {
    describe(title, () => {
      before(() => ground.up(encapsulation));

      if (place === 0) it('finds nothing where nothing is wrong', () => healthy(ground));

      for (const fault of faults) {
        it(`finds ${fault.name}: ${fault.what}`, async () => {
          await ground.settled();
          try {
            await fault.inject(ground);
            await finds(ground, fault);
          } finally {
            await fault.undo(ground);
          }
          await healthy(ground);
        });
      }
    });
  }
});

async function finds(ground: DoctorGround, { found }: DoctorFault): Promise<void> {
  const { report, code } = await ground.doctor();
  const said = JSON.stringify(report, null, 2);
  const [first] = report.findings;
  assert.ok(first !== undefined, said);
  assert.equal(first.code, found.code, said);
  assert.deepEqual([report.ok, code], [false, 1], said);
  const nodes = typeof found.nodes === 'function' ? await found.nodes(ground) : found.nodes;
  assert.deepEqual([...first.nodes].sort(), [...nodes].sort(), said);
  assert.ok(
    first.evidence.some((line) => found.evidence.test(line)),
    said,
  );
  const mend = [
    ...first.mend.map(({ on, command }) => `on ${on}: ${command}`),
    ...(first.stack === undefined ? [] : [`stack ${first.stack.path}: ${first.stack.to}`]),
  ];
  assert.ok(
    mend.some((line) => found.mend.test(line)),
    said,
  );
  assert.deepEqual(report.unexplained, [], said);
}

/** Before and after every trouble. */
async function healthy(ground: DoctorGround): Promise<void> {
  await ground.settled();
  const { report, code } = await ground.doctor();
  const { ok, findings, unexplained } = report;
  assert.deepEqual({ ok, code, findings, unexplained }, { ok: true, code: 0, findings: [], unexplained: [] });
}
