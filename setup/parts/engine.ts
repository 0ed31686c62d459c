/** The Pulumi CLI with its engine. The language host and the policy launcher come along when the vendor's is used. */
import type { PartSpec } from '../part.ts';
import { goInputs, goModule } from '../sources/go.ts';
import { onPath } from '../sources/path.ts';
import { fromArchive, fromVendor } from '../sources/vendor.ts';
import { versions } from '../versions.ts';

const version = versions.pulumi;
const architecture = process.arch === 'x64' ? 'x64' : 'arm64';

const recipe = {
  module: 'pulumi',
  package: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
  stamps: { 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version': `v${version}` },
};

export const engine: PartSpec = {
  name: 'engine',
  title: 'Pulumi CLI and engine',
  version,
  inputs: goInputs(recipe),
  bin: 'bin/*',
  sources: [
    onPath({
      program: 'pulumi',
      ask: ['version'],
      fits: (printed) => printed === `v${version}`,
      wanted: /^pulumi(-[a-z-]+)?$/,
    }),
    fromVendor([
      {
        vendor: 'pulumi',
        file: `releases/sdk/pulumi-v${version}-linux-${architecture}.tar.gz`,
        checksums: `releases/sdk/pulumi-${version}-checksums.txt`,
        unpack: fromArchive('bin', 1),
      },
    ]),
    goModule({ ...recipe, program: 'pulumi', seconds: 490, mebibytes: 1800 }),
  ],
};
