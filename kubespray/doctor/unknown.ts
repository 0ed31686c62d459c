/** What could not be looked at, and why: nothing of it is taken for fine, and nothing for wrong. */
import { silentNodes } from './seen.ts';
import type { Subject } from './subject.ts';
import type { Report } from './types.ts';

export function unknownIn(subject: Subject): Report['unknown'] {
  const { evidence, nodes } = subject;
  const api =
    'unknown' in evidence.api
      ? [{ what: 'API (Kubernetes and Calico objects, addresses, policies)', why: evidence.api.unknown }]
      : [];
  const birds = [...nodes].flatMap(([name, { bird }]) =>
    bird.flatMap(({ problem }) => (problem === null ? [] : [{ what: `BIRD of ${name}`, why: problem }])),
  );
  return [
    ...silentNodes(subject).map(({ name, why }) => ({ what: `node ${name}`, why })),
    ...api,
    ...birds,
    ...(evidence.unmeasured ?? []),
  ];
}
