import type { DoctorFaults } from '../../support/doctor-fault.ts';
import { api } from './api.ts';
import { bgp } from './bgp.ts';
import { hosts } from './hosts.ts';
import { ipam } from './ipam.ts';
import { vxlan } from './vxlan.ts';

/**
 * Every trouble that is made for the doctor, in an order that saves an `up`: the way from no encapsulation to VXLAN leaves pods with
 * the MTU of before, which is the first trouble of the second group.
 */
export const doctorFaults: readonly DoctorFaults[] = [
  { title: 'routes over BIRD', encapsulation: 'none', faults: [...bgp, ...hosts, ...api, ...ipam] },
  { title: 'VXLAN', encapsulation: 'vxlan', faults: vxlan },
];
