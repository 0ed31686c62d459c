import { z } from 'zod';
import { isAddress, isAddress6 } from '../cidr.ts';
import { nearest } from '../nearest.ts';
import { type CheckChoice, type CheckGroup, checkGroups, type OutsideAddress } from '../types/verify.ts';
import { field } from './documentation.ts';
import { text } from './values.ts';

const NEXT = 'It counts from the next verification on.';

const OUTSIDE = /^(?:([0-9.]+|\[[0-9a-fA-F:.]+\])(?::([0-9]+))?|([0-9a-fA-F:.]+))$/;

/** `1.1.1.1`, `1.1.1.1:443`, `2606:4700::1111`, `[2606:4700::1111]:443`; undefined for what is none of them. */
export function outsideIn(value: string): OutsideAddress | undefined {
  const [, first = '', last, bare] = OUTSIDE.exec(value) ?? [];
  const address = bare ?? first.replaceAll(/[[\]]/g, '');
  if (!isAddress(address) && !isAddress6(address)) return undefined;
  if (last === undefined) return { address };
  const port = Number(last);
  return port >= 1 && port <= 65535 ? { address, port } : undefined;
}

const outside = text((value) =>
  outsideIn(value) !== undefined
    ? undefined
    : {
        code: 'bad-address',
        message: `“${value}” is no address to reach`,
        hint: 'Write an address, which is asked for an echo, or one with a TCP port: 203.0.113.7, 203.0.113.7:443, [2001:db8::7]:443.',
      },
).meta({ pattern: '^\\[?[0-9a-fA-F.:]+\\]?(:[0-9]+)?$' });

/** `bgp-sessions`, or of one node `bgp-sessions/homelab`; undefined where there is no such check. */
export function choiceIn(value: string): CheckChoice | undefined {
  const [group = '', node, ...more] = value.split('/');
  if (!isGroup(group) || more.length > 0 || node === '') return undefined;
  return { group, ...(node === undefined ? {} : { node }) };
}

function isGroup(word: string): word is CheckGroup {
  return (checkGroups as readonly string[]).includes(word);
}

const choice = text((value) => {
  if (choiceIn(value) !== undefined) return undefined;
  const meant = nearest(value.split('/')[0] ?? '', checkGroups);
  return {
    code: 'unknown-check',
    message: `there is no check “${value.slice(0, 64)}”`,
    hint:
      meant === undefined
        ? `The checks are ${checkGroups.join(', ')}; of one node alone: bgp-sessions/NODE.`
        : `Did you mean ${meant}?`,
  };
}).meta({ pattern: `^(${checkGroups.join('|')})(/[-a-z0-9]+)?$` });

export const verify = z.strictObject({
  after: z
    .enum(['change', 'never'])
    .default('change')
    .meta(
      field(
        'When `up` verifies the cluster: whenever it changed the cluster, its pools or its policies, and again where that failed; or never, which leaves `calispray verify`.',
        { example: 'never', change: 'free', note: 'Nothing but the verification depends on it.' },
      ),
    ),
  image: z
    .string()
    .min(1)
    .optional()
    .meta(
      field('Image of the pods that the verification makes: what it does is no matter, so long as it keeps running.', {
        otherwise: 'the pause image that the release of kubespray has on every node',
        example: 'registry.example.com/pause:3.10.1',
        change: 'free',
        note: NEXT,
      }),
    ),
  outside: z
    .array(outside)
    .default([])
    .meta(
      field('Addresses outside of the cluster that a pod on every node must reach: by an echo, or on a TCP port.', {
        example: ['203.0.113.7', '203.0.113.7:443'],
        change: 'free',
        note: NEXT,
      }),
    ),
  optional: z
    .array(choice)
    .default([])
    .meta(
      field(
        'Checks whose failure is told and fails no `up`: a name of docs/verify.md, or that of one node, NAME/NODE.',
        {
          example: ['outside', 'bgp-sessions/homelab'],
          change: 'free',
          note: NEXT,
        },
      ),
    ),
  seconds: z
    .int()
    .min(10)
    .max(3600)
    .default(180)
    .meta(
      field('The longest that a verification may take; what is not done by then has failed.', {
        unit: 'seconds',
        example: 300,
        change: 'free',
        note: NEXT,
      }),
    ),
});
