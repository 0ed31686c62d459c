/** Variables that no file may show: in the stack's file they stand encrypted, or not at all. */
import { UserError } from '../../cluster/finding.ts';
import { isRecord } from '../../cluster/raw.ts';

/** The config key of a stack for variables that only Ansible gets to see. */
export const SECRETS_KEY = 'calispray:secretVariables';

/** @throws UserError where one of them stands in clear in the stack's file, or there are no names to them */
export function refuseInClear(config: Readonly<Record<string, unknown>>): void {
  const value = config[SECRETS_KEY];
  if (value === undefined) return;
  if (!isRecord(value)) {
    throw UserError.of(
      'secret-variables',
      SECRETS_KEY,
      'secret variables are a mapping from name to value',
      `\`pulumi config set --secret --path '${SECRETS_KEY}.NAME'\` writes one, encrypted`,
    );
  }
  // The whole may be encrypted, as one text.
  if (isEncrypted(value)) return;
  for (const [name, each] of Object.entries(value)) {
    if (isEncrypted(each)) continue;
    throw UserError.of(
      'secret-in-clear',
      `${SECRETS_KEY}.${name}`,
      `${name} stands in clear in the stack's file`,
      `change it, since it was seen, and write the new one with \`pulumi config set --secret --path '${SECRETS_KEY}.${name}'\``,
    );
  }
}

/** As the engine writes it: `{ secure: v1:… }`. */
function isEncrypted(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 1 && typeof value.secure === 'string';
}
