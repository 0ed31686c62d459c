/** etcd, for the lab. */
import type { PartSpec } from '../part.ts';
import { goInputs, goModule } from '../sources/go.ts';
import { onPath } from '../sources/path.ts';
import { fromArchive, fromVendor, goArchitecture } from '../sources/vendor.ts';
import { versions } from '../versions.ts';

const version = versions.etcd;
const archive = `etcd-v${version}-linux-${goArchitecture}`;
const recipe = { module: 'kubernetes', package: 'go.etcd.io/etcd/server/v3' };

export const etcd: PartSpec = {
  name: 'etcd',
  title: 'etcd, for the lab',
  version,
  inputs: goInputs(recipe),
  nodeBin: 'bin/etcd',
  sources: [
    onPath({
      program: 'etcd',
      ask: ['--version'],
      fits: (printed) => printed.startsWith(`etcd Version: ${version}\n`),
    }),
    fromVendor([
      {
        vendor: 'etcd',
        file: `v${version}/${archive}.tar.gz`,
        checksums: `v${version}/SHA256SUMS`,
        unpack: fromArchive('bin', 1, [`${archive}/etcd`]),
      },
    ]),
    // The API server's client is the same module: what is left to compile is small.
    goModule({ ...recipe, program: 'etcd', seconds: 14, mebibytes: 200, after: ['kube-apiserver'] }),
  ],
};
