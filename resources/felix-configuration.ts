import type { types } from '@pulumi/kubernetes';
import { CustomResourcePatch } from '@pulumi/kubernetes/apiextensions/customResourcePatch.js';
import type { CustomResourceOptions, Input } from '@pulumi/pulumi';
import type { FelixBpf } from './felix/bpf.ts';
import type { FelixHosts } from './felix/hosts.ts';
import type { FelixObserving } from './felix/observing.ts';
import type { FelixProcess } from './felix/process.ts';
import type { FelixRoutes } from './felix/routes.ts';
import type { FelixTables } from './felix/tables.ts';

/** Every setting of Felix, in files by what they are about. Durations are written `90s`, `5m`, `1h30m`. Calico's defaults are those of v3.31.5. */
export interface FelixConfigurationSpec
  extends FelixBpf,
    FelixHosts,
    FelixObserving,
    FelixProcess,
    FelixRoutes,
    FelixTables {}

export interface FelixConfigurationArgs {
  /** What is patched: `default` is for every node, `node.NAME` for one. Default: `default`. */
  readonly metadata?: Input<types.input.meta.v1.ObjectMeta>;
  /** Settings that the stack keeps; all others stay whoever's they are. */
  readonly spec: Input<FelixConfigurationSpec>;
}

/**
 * Settings of Felix, patched into the FelixConfiguration that kubespray's Calico made. It is never owned: another manager of the same field is
 * a conflict, and what the stack gives up goes back to Felix' default, with the object left there. `calico_felix_*` variables of kubespray
 * are environment of calico-node, which overrules this object.
 */
export class FelixConfiguration extends CustomResourcePatch {
  constructor(name: string, args: FelixConfigurationArgs, opts?: CustomResourceOptions) {
    const metadata = args.metadata ?? { name: 'default' };
    super(name, { apiVersion: 'projectcalico.org/v3', kind: 'FelixConfiguration', ...args, metadata }, opts);
  }
}
