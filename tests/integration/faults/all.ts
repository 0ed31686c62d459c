import type { FaultGroup } from '../../support/faults/fault.ts';
import { controller } from './controller.ts';
import { nodes } from './nodes.ts';
import { signals } from './signals.ts';
import { workstation } from './workstation.ts';

/** Every fault there is, in the order of docs/faults.md. */
export const groups: readonly FaultGroup[] = [signals, workstation, controller, nodes];
