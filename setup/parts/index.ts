/** All parts, in the order in which a person reads them. */
import type { Part, PartSpec } from '../part.ts';
import { ansible } from './ansible.ts';
import { base } from './base.ts';
import { crds } from './crds.ts';
import { debian } from './debian.ts';
import { engine } from './engine.ts';
import { etcd } from './etcd.ts';
import { kubernetes } from './kubernetes.ts';
import { languageHost } from './language-host.ts';
import { prometheus } from './prometheus.ts';
import { providers } from './providers.ts';

export const parts: readonly PartSpec[] = [
  engine,
  providers,
  ...kubernetes,
  etcd,
  ansible,
  crds,
  debian,
  base,
  languageHost,
  prometheus,
];

export function partNamed(name: Part): PartSpec {
  const found = parts.find((part) => part.name === name);
  if (found === undefined) throw new Error(`no part is called ${name}`);
  return found;
}
