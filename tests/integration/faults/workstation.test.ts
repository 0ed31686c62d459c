import { Ground } from '../../support/faults/ground.ts';
import { survives } from '../../support/faults/survive.ts';
import { workstation } from './workstation.ts';

survives(workstation, () => new Ground('faults-workstation'));
