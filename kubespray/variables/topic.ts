import type { Cluster, Network } from '../../cluster/index.ts';
import { fieldOf } from '../fields.ts';

/** One variable that kubespray is told, with why and where it comes from. */
export interface Said {
  readonly name: string;
  readonly value: unknown;
  /** One sentence for whoever reads the rendered file. */
  readonly reason: string;
  /** Field of the stack file it comes from. */
  readonly path: string;
}

/** Variables that belong together, under one heading of a file. */
export interface Topic {
  readonly title: string;
  readonly variables: readonly Said[];
}

/** What the topics are made of. */
export interface Facts {
  readonly cluster: Cluster;
  readonly network: Network;
}

/** A variable that is said always. `path` where the field of the table is not the one that decides here. */
export function says(name: string, value: unknown, reason: string, path = fieldOf[name] ?? ''): Said[] {
  return [{ name, value, reason, path }];
}

/** A variable that is said only where it is unlike what kubespray takes anyway; `undefined` is never said. */
export function unlike(usual: unknown, name: string, value: unknown, reason: string, path?: string): Said[] {
  return value === undefined || value === usual ? [] : says(name, value, reason, path);
}

/** `insert` → `Insert`, as Calico writes its choices. */
export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
