/** promtool, with which the tests check the alerts and try them on series: out of Debian's package of Prometheus, which is not installed. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PartSpec, Source, Work } from '../part.ts';
import { unpackPackage, withoutRoot } from '../sources/apt.ts';
import { onPath } from '../sources/path.ts';
import { versions } from '../versions.ts';
import { which } from '../which.ts';

const version = versions.prometheus;
const wanted = `prometheus=${version}*`;

export const promtool: PartSpec = {
  name: 'promtool',
  title: 'promtool, for the tests of alerts',
  version,
  inputs: [wanted],
  sources: [
    onPath({
      program: 'promtool',
      ask: ['--version'],
      fits: (printed) => new RegExp(`^promtool, version ${version.replaceAll('.', '\\.')}\\b`).test(printed),
    }),
    fromArchive,
  ],
};

async function fromArchive({ environment }: Parameters<Source>[0]): ReturnType<Source> {
  if (which('apt-get', environment) === undefined || which('dpkg-deb', environment) === undefined) {
    return {
      code: 'setup-no-apt',
      message: `promtool ${version} comes out of Debian's package prometheus, and there is no apt-get here.`,
      hint: `Put promtool ${version} on PATH (it is in the archive of every release of Prometheus), or run the tests on Debian 12.`,
    };
  }
  const refusal = withoutRoot('bring the lists of Debian’s packages up to date, for promtool');
  if (refusal !== undefined) return { ...refusal, hint: `Run it with \`sudo\`, or put promtool ${version} on PATH.` };
  return {
    says: "take it out of Debian's package prometheus, without installing that",
    lane: 'system',
    seconds: 5,
    mebibytes: 250,
    take,
  };
}

async function take(work: Work): Promise<void> {
  const scratch = join(work.into, 'scratch');
  mkdirSync(scratch);
  mkdirSync(join(work.into, 'bin'));
  await unpackPackage(work, wanted, scratch);
  renameSync(join(scratch, 'usr/bin/promtool'), join(work.into, 'bin/promtool'));
  rmSync(scratch, { recursive: true });
}
