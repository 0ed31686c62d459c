import { z } from 'zod';
import { field, section } from './documentation.ts';
import { formerEncapsulation } from './pools.ts';

export const migrate = z.strictObject({
  encapsulation: z
    .strictObject({
      from: formerEncapsulation.meta(
        field('What the cluster has until now; it goes over to what `network.encapsulation` says.', {
          example: { ipip: 'always' },
          change: 'free',
          note: 'Both ways are switched on, the pool is changed, and the old way is switched off once every node has the new one. Leave it out afterwards.',
        }),
      ),
    })
    .optional()
    .meta(section('From one encapsulation to another.')),
});
