/** Prometheus and promtool, with which the tests try alerts and dashboard: out of Debian's package, which is not installed. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PartSpec, Source, Work } from '../part.ts';
import { unpackPackage, withoutRoot } from '../sources/apt.ts';
import { onPath } from '../sources/path.ts';
import { versions } from '../versions.ts';
import { which } from '../which.ts';

const version = versions.prometheus;
const wanted = `prometheus=${version}*`;
const programs = ['prometheus', 'promtool'] as const;

export const prometheus: PartSpec = {
  name: 'prometheus',
  title: 'Prometheus and promtool, for the tests of alerts and of the dashboard',
  version,
  inputs: [wanted, programs.join(' ')],
  sources: [ofUser, fromArchive],
};

const both = onPath({
  program: 'promtool',
  ask: ['--version'],
  fits: (printed) => new RegExp(`^promtool, version ${version.replaceAll('.', '\\.')}\\b`).test(printed),
  wanted: /^prom(etheus|tool)$/,
});

/** The two come in one archive and are of one version. */
async function ofUser(world: Parameters<Source>[0]): ReturnType<Source> {
  const [server, tool] = programs.map((program) => which(program, world.environment));
  if (server !== undefined && tool !== undefined && dirname(server) !== dirname(tool)) {
    return {
      code: 'setup-not-on-path',
      message: `${server} and ${tool} are not beside each other.`,
      hint: 'Install them from one archive, or let set-up bring them.',
    };
  }
  if (server === undefined) {
    return {
      code: 'setup-not-on-path',
      message: 'prometheus is not on PATH.',
      hint: 'Install it, or let set-up bring it.',
    };
  }
  return both(world);
}

async function fromArchive({ environment }: Parameters<Source>[0]): ReturnType<Source> {
  if (which('apt-get', environment) === undefined || which('dpkg-deb', environment) === undefined) {
    return {
      code: 'setup-no-apt',
      message: `Prometheus ${version} comes out of Debian's package prometheus, and there is no apt-get here.`,
      hint: `Put prometheus and promtool ${version} on PATH (both are in its archive of that release), or run the tests on Debian 12.`,
    };
  }
  const refusal = withoutRoot('bring the lists of Debian’s packages up to date, for Prometheus');
  if (refusal !== undefined)
    return { ...refusal, hint: `Run it with \`sudo\`, or put prometheus and promtool ${version} on PATH.` };
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
  for (const program of programs) renameSync(join(scratch, 'usr/bin', program), join(work.into, 'bin', program));
  rmSync(scratch, { recursive: true });
}
