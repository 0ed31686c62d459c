/** The official plugins of the two providers the program uses. Where they cannot be had, lab/providers/ stands in. */
import { closeSync, copyFileSync, mkdirSync, openSync, readSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { PartSpec, Source } from '../part.ts';
import { fromArchive, fromVendor, goArchitecture, type Prebuilt } from '../sources/vendor.ts';
import { versions } from '../versions.ts';

const plugins = [
  { name: 'command', version: versions.pulumiCommand },
  { name: 'kubernetes', version: versions.pulumiKubernetes },
];

const folder = ({ name, version }: (typeof plugins)[number]): string => `plugins/resource-${name}-v${version}`;

export const providers: PartSpec = {
  name: 'providers',
  title: 'Provider plugins command and kubernetes',
  version: plugins.map(({ version }) => version).join('-'),
  inputs: [],
  sources: [fromUserHome, fromVendor(plugins.map(prebuilt))],
  otherwise: 'the stand-ins of lab/providers serve the lab and every preview',
};

function prebuilt(plugin: (typeof plugins)[number]): Prebuilt {
  const { name, version } = plugin;
  return {
    vendor: 'pulumi',
    file: `releases/plugins/pulumi-resource-${name}-v${version}-linux-${goArchitecture}.tar.gz`,
    // pulumi-aws .github/workflows/publish.yml, the same generated file in all their providers.
    checksums: `releases/plugins/pulumi-${name}_${version}_checksums.txt`,
    unpack: fromArchive(folder(plugin), 0),
  };
}

/** `~/.pulumi/plugins`, where `pulumi plugin install` puts them. */
async function fromUserHome({ environment }: Parameters<Source>[0]): ReturnType<Source> {
  const home = environment.PULUMI_HOME || join(homedir(), '.pulumi');
  const files = plugins.map((plugin) => join(folder(plugin), `pulumi-resource-${plugin.name}`));
  if (!files.every((file) => isProgram(join(home, file)))) {
    return {
      code: 'setup-no-plugins',
      message: `${home}/plugins does not have both at their versions.`,
      hint: plugins.map(({ name, version }) => `pulumi plugin install resource ${name} v${version}`).join('; '),
    };
  }
  return {
    says: `copy them from ${home}/plugins`,
    lane: 'network',
    seconds: 1,
    mebibytes: 300,
    async take({ into }) {
      for (const plugin of plugins) mkdirSync(join(into, folder(plugin)), { recursive: true });
      for (const file of files) copyFileSync(join(home, file), join(into, file));
    },
  };
}

/** A script is one of our own stand-ins, put there by an earlier run. */
function isProgram(file: string): boolean {
  try {
    const descriptor = openSync(file, 'r');
    const head = Buffer.alloc(4);
    readSync(descriptor, head);
    closeSync(descriptor);
    return head.toString('latin1') === '\x7fELF';
  } catch {
    return false;
  }
}
