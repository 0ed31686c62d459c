/** kube-apiserver, kube-controller-manager and kubectl: one Go module, one vendor, one version. */
import type { Part, PartSpec } from '../part.ts';
import { goInputs, goModule } from '../sources/go.ts';
import { onPath } from '../sources/path.ts';
import { asProgram, fromVendor, goArchitecture } from '../sources/vendor.ts';
import { versions } from '../versions.ts';

const version = versions.kubernetes;

/** Both packages carry the version: the server reads one, its clients the other. The date is fixed: same source, same bytes. */
const [major = '', minor = ''] = version.split('.');
const stamps: Readonly<Record<string, string>> = Object.fromEntries(
  ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((path) => [
    [`${path}.gitVersion`, `v${version}`],
    [`${path}.gitMajor`, major],
    [`${path}.gitMinor`, minor],
    [`${path}.gitTreeState`, 'clean'],
    [`${path}.gitCommit`, 'module'],
    [`${path}.buildDate`, '1970-01-01T00:00:00Z'],
  ]),
);

interface Program {
  readonly name: Part;
  readonly title: string;
  readonly ask: readonly string[];
  readonly fits: (printed: string) => boolean;
  readonly seconds: number;
  readonly mebibytes: number;
  /** What shares most of its packages is built first and not at the same time: Go would compile them twice. */
  readonly after?: readonly Part[];
}

const printsExactly = (printed: string): boolean => printed === `Kubernetes v${version}`;

const programs: readonly Program[] = [
  {
    name: 'kube-apiserver',
    title: 'Kubernetes API server, for the lab',
    ask: ['--version'],
    fits: printsExactly,
    seconds: 540,
    mebibytes: 2200,
  },
  {
    name: 'kube-controller-manager',
    title: 'Kubernetes controller manager, for the lab',
    ask: ['--version'],
    fits: printsExactly,
    seconds: 190,
    mebibytes: 600,
    after: ['kube-apiserver'],
  },
  {
    name: 'kubectl',
    title: 'kubectl',
    ask: ['version', '--client'],
    // Any patch release of the cluster's minor version serves.
    fits: (printed) => printed.startsWith(`Client Version: v${major}.${minor}.`),
    seconds: 40,
    mebibytes: 200,
    after: ['kube-apiserver'],
  },
];

export const kubernetes: readonly PartSpec[] = programs.map((program) => {
  const recipe = { module: 'kubernetes', package: `k8s.io/kubernetes/cmd/${program.name}`, stamps };
  const file = `v${version}/bin/linux/${goArchitecture}/${program.name}`;
  return {
    name: program.name,
    title: program.title,
    version,
    inputs: goInputs(recipe),
    nodeBin: `bin/${program.name}`,
    ...(program.name === 'kubectl' ? { bin: 'bin/kubectl' } : {}),
    sources: [
      onPath({ program: program.name, ask: program.ask, fits: program.fits }),
      fromVendor([{ vendor: 'kubernetes', file, checksums: `${file}.sha256`, unpack: asProgram(program.name) }]),
      goModule({
        ...recipe,
        program: program.name,
        seconds: program.seconds,
        mebibytes: program.mebibytes,
        ...(program.after === undefined ? {} : { after: program.after }),
      }),
    ],
  };
});
