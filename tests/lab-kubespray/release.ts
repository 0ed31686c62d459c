/** The stand-in for kubespray as it would be at another release: the same playbooks, with that release's versions. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { release } from '../../cluster/index.ts';
import { makeBundle } from '../../lab/bundle.ts';

const standIn = fileURLToPath(new URL('../../lab/kubespray', import.meta.url));

/** Makes the bundle `path` of the release `tag`; `wheels` are those of the lab's own bundle. */
export async function bundleOf(tag: string, path: string, wheels: string): Promise<void> {
  const of = release(tag);
  if (of === undefined) throw new Error(`no release ${tag}`);
  const dir = mkdtempSync(join(tmpdir(), 'calispray-release-'));
  const folder = join(dir, 'kubespray');
  try {
    cpSync(standIn, folder, { recursive: true });
    const roles = join(folder, 'roles/kubespray_defaults');
    edit(join(roles, 'vars/main.yml'), [
      [/^kubernetes_versions:\n +\[[^\]]*\]/m, `kubernetes_versions: [${of.kubernetesVersions.join(', ')}]`],
      [/^calico_versions:\n +\[[^\]]*\]/m, `calico_versions: [${of.calicoVersions.join(', ')}]`],
    ]);
    edit(join(roles, 'defaults/main.yml'), [
      [/^kube_version: .*/m, `kube_version: ${of.kubernetes}`],
      [/^kube_version_min_required: .*/m, `kube_version_min_required: ${of.kubernetesVersions.at(-1)}`],
      [/^calico_version: .*/m, `calico_version: ${of.calico}`],
    ]);
    await makeBundle(path, wheels, folder);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function edit(file: string, changes: readonly (readonly [RegExp, string])[]): void {
  let text = readFileSync(file, 'utf8');
  for (const [old, replacement] of changes) {
    if (!old.test(text)) throw new Error(`${file} has no ${old}`);
    text = text.replace(old, replacement);
  }
  writeFileSync(file, text);
}
