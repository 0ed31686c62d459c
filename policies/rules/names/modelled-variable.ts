import { fieldOf } from '../../../kubespray/fields.ts';
import type { Rule } from '../subject.ts';
import { against } from '../variables.ts';

const EXTRA = 'kubespray.extraVariables.';

export const modelledVariable: Rule = {
  code: 'modelled-variable',
  title: 'What has a field of its own is said there, not in kubespray.extraVariables',
  class: 'refused',
  description:
    'An extra variable replaces what the field says, and everything that is derived from the field goes on without it: the MTU, the backend, the policies. The escape hatch is for what the stack file has no field for.',
  reference: 'docs/stack-file.md',
  judge({ paths = {} }) {
    return Object.entries(paths).flatMap(([name, path]) => {
      if (!path.startsWith(EXTRA) || !Object.hasOwn(fieldOf, name)) return [];
      return [
        against(modelledVariable, path, `${name} has a field in the stack file`, `Write it to ${fieldOf[name]}.`),
      ];
    });
  },
};
