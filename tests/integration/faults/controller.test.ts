import { RunnerGround } from '../../support/faults/runner-ground.ts';
import { survives } from '../../support/faults/survive.ts';
import { controller } from './controller.ts';
import { nodes } from './nodes.ts';

survives([nodes, controller], () => new RunnerGround('faults-controller'));
