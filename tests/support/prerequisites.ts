import { partsFor } from '../../cli/tools.ts';
import { ensureTools } from '../../setup/index.ts';

/** Everything the integration tests run for real; found in the cache after the first time. */
export async function preparePrerequisites(): Promise<void> {
  await ensureTools([...partsFor.lab, 'language-host']);
}
