/** What the lab needs of the machine itself: Debian's own packages, and only those that are missing. */
import { existsSync } from 'node:fs';
import type { PartSpec, Source, World } from '../part.ts';
import { installPackages, withoutRoot } from '../sources/apt.ts';
import { which } from '../which.ts';

/** Program to look for, and the package that has it. */
const programs: Readonly<Record<string, string>> = {
  mmdebstrap: 'mmdebstrap',
  ip: 'iproute2',
  bridge: 'iproute2',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  mount: 'mount',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  'ssh-keyscan': 'openssh-client',
  ping: 'iputils-ping',
  sysctl: 'procps',
  tar: 'tar',
};

/** The base image's packages are verified with these keys; Ubuntu does not have them from the start. */
const keyring = { file: '/usr/share/keyrings/debian-archive-keyring.gpg', package: 'debian-archive-keyring' };

export const debian: PartSpec = {
  name: 'debian',
  title: 'Debian packages for the lab',
  version: 'installed',
  inputs: [],
  isThere: ({ environment }) => missingPackages(environment).length === 0,
  sources: [fromApt],
};

/** No program is started for this: it is asked on every run. */
function missingPackages(environment: NodeJS.ProcessEnv): string[] {
  const missing = Object.entries(programs).filter(([program]) => which(program, environment) === undefined);
  const names = missing.map(([, name]) => name);
  if (!existsSync(keyring.file)) names.push(keyring.package);
  return [...new Set(names)];
}

async function fromApt({ environment }: World): ReturnType<Source> {
  const packages = missingPackages(environment);
  if (which('apt-get', environment) === undefined) {
    return {
      code: 'setup-no-apt',
      message: `The lab needs the programs of ${packages.join(', ')}, and there is no apt-get here.`,
      hint: 'Install them yourself, or run the lab on Debian 12.',
    };
  }
  const refusal = withoutRoot(`install ${packages.join(', ')}`);
  if (refusal !== undefined) return refusal;
  return {
    says: `install ${packages.join(', ')} with apt-get`,
    lane: 'system',
    seconds: 20,
    mebibytes: 100,
    take: (work) => installPackages(work, packages),
  };
}
