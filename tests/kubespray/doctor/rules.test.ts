import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Report, reportOf, troubles } from '../../../kubespray/doctor/index.ts';
import { assertGolden } from '../../support/golden.ts';
import { evidenceOf, type Written } from './support/edit.ts';
import { healthy, ways } from './support/healthy.ts';

const worlds = join(import.meta.dirname, 'worlds');

function reportIn(file: string): Report {
  return reportOf(evidenceOf(JSON.parse(readFileSync(file, 'utf8')) as Written));
}

describe('troubles that the doctor knows', () => {
  it('have worlds each, good and bad, and no world is without its trouble', () => {
    const folders = readdirSync(worlds, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(folders.map(({ name }) => name).sort(), troubles.map(({ code }) => code).sort());
    for (const { name } of folders) {
      const files = readdirSync(join(worlds, name));
      for (const kind of ['good', 'bad'])
        assert.ok(
          files.some((file) => file.startsWith(kind)),
          `${name} has no ${kind} world`,
        );
    }
  });

  for (const way of ways) {
    for (const lab of [false, true]) {
      it(`are not found in a healthy cluster: ${way}${lab ? ', in the lab' : ''}`, () => {
        const report = reportOf(healthy({ way, lab }));
        assert.deepEqual(
          { ...report, at: '' },
          {
            ok: true,
            cluster: 'vmstation',
            at: '',
            findings: [],
            unexplained: [],
            unknown: [],
          },
        );
      });
    }
  }

  for (const { code, title } of troubles) {
    describe(`${code}: ${title}`, () => {
      for (const file of globSync(join(worlds, code, 'good*.json')).sort()) {
        it(`is not found in ${basename(file)}`, () => {
          const { findings } = reportIn(file);
          assert.deepEqual(
            findings.filter((finding) => finding.code === code),
            [],
          );
        });
      }
      for (const file of globSync(join(worlds, code, 'bad*.json')).sort()) {
        it(`is found in ${basename(file)}`, () => {
          const report = reportIn(file);
          assert.equal(report.findings[0]?.code, code, JSON.stringify(report, null, 1));
          assertGolden(
            file.replace(/worlds\/([^/]+)\/([^/]+)\.json$/, 'golden/$1/$2.json'),
            `${JSON.stringify(report, null, 2)}\n`,
          );
        });
      }
    });
  }
});
