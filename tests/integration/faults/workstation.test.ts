import { Ground } from '../../support/faults/ground.ts';
import { survives } from '../../support/faults/survive.ts';
import { signals } from './signals.ts';
import { workstation } from './workstation.ts';

survives([signals, workstation], () => new Ground('faults-workstation'));
