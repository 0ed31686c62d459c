import data from '../../cluster/releases.json' with { type: 'json' };
import { constants, fieldOf } from '../fields.ts';

/** The field of the stack file that a variable comes from; of one host where `node` names it. */
export function pathOf(name: string, node?: string): string {
  // Those of the configuration `calispray:secretVariables`, which is no part of the cluster's.
  if (name.startsWith('secretVariables.')) return name;
  if (Object.hasOwn(constants, name) || !Object.hasOwn(fieldOf, name)) return `kubespray.extraVariables.${name}`;
  const field = fieldOf[name] as string;
  return node === undefined ? field : field.replace('NAME', () => node);
}

/** What Calico's variables are where nobody says them, in the newest release; undefined of what has no default. */
export function usual(name: string): unknown {
  const defaults: Readonly<Record<string, unknown>> = data.calicoDefaults;
  const value = Object.hasOwn(defaults, name) ? defaults[name] : undefined;
  return typeof value === 'string' && value.includes('{{') ? undefined : value;
}
