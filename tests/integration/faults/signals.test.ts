import { Ground } from '../../support/faults/ground.ts';
import { survives } from '../../support/faults/survive.ts';
import { signals } from './signals.ts';

survives(signals, () => new Ground('faults-signals'));
