/** Every trouble that the doctor knows, in the order of docs/doctor.md. */
import type { Trouble } from '../types.ts';
import { apiDown } from './api-down.ts';
import { ipForwardOff } from './ip-forward-off.ts';
import { nodeDown } from './node-down.ts';

export const troubles: readonly Trouble[] = [nodeDown, apiDown, ipForwardOff];
