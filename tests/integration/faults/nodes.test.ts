import { RunnerGround } from '../../support/faults/runner-ground.ts';
import { survives } from '../../support/faults/survive.ts';
import { nodes } from './nodes.ts';

survives(nodes, () => new RunnerGround('faults-nodes'));
