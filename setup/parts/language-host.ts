/**
 * The language host that the official `pulumi preview` and `pulumi up` need to run a TypeScript program; our own commands
 * do not. The vendor's archive of the CLI has the present one. From Go modules only an old one is to be had, which runs
 * programs but no policy packs: it lies in a folder of its own, which is not on `Tools.bin`.
 */
import type { PartSpec } from '../part.ts';
import { goInputs, goModule } from '../sources/go.ts';
import { onPath } from '../sources/path.ts';
import { fromArchive, fromVendor } from '../sources/vendor.ts';
import { versions } from '../versions.ts';

const program = 'pulumi-language-nodejs';
const architecture = process.arch === 'x64' ? 'x64' : 'arm64';

const recipe = {
  module: 'language-host',
  package: 'github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs',
  stamps: { 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version': `v${versions.languageHost}` },
};

export const languageHost: PartSpec = {
  name: 'language-host',
  title: 'Language host for the official pulumi command',
  version: versions.pulumi,
  inputs: goInputs(recipe),
  sources: [
    onPath({
      program: 'pulumi',
      ask: ['version'],
      fits: (printed) => printed === `v${versions.pulumi}`,
      wanted: /^pulumi-language-nodejs$/,
    }),
    fromVendor([
      {
        vendor: 'pulumi',
        file: `releases/sdk/pulumi-v${versions.pulumi}-linux-${architecture}.tar.gz`,
        checksums: `releases/sdk/pulumi-${versions.pulumi}-checksums.txt`,
        unpack: fromArchive('bin', 1, [`pulumi/${program}`]),
      },
    ]),
    goModule({ ...recipe, program, seconds: 32, mebibytes: 250 }),
  ],
};
