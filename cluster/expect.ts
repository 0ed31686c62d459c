/** From the stack file's words to an expectation: ends as typed unions, ports as ranges. */
import { familyOf } from './cidr.ts';
import type { Written } from './schema.ts';
import type { Expectation, ExpectedEnd, ExpectedPorts } from './types/expect.ts';

type WrittenExpectation = Written['expect'][number];
type WrittenConnection = NonNullable<WrittenExpectation['deny']>;

const DNS: readonly ExpectedPorts[] = [
  { proto: 'udp', first: 53, last: 53 },
  { proto: 'tcp', first: 53, last: 53 },
];

const EVERY: readonly ExpectedPorts[] = (['tcp', 'udp', 'sctp'] as const).map((proto) => ({
  proto,
  first: 1,
  last: 65535,
}));

export function expectationOf({ allow, deny }: WrittenExpectation, index: number): Expectation {
  const { from, to, ports } = (allow ?? deny) as WrittenConnection;
  return {
    verdict: allow === undefined ? 'deny' : 'allow',
    from: endOf(from),
    to: endOf(to),
    ports: ports?.map((one) => portsIn(one) as ExpectedPorts) ?? (to === 'dns' ? DNS : EVERY),
    path: `expect[${index}]`,
  };
}

function endOf(written: WrittenConnection['from'] | WrittenConnection['to']): ExpectedEnd {
  if (typeof written === 'string') return { kind: written };
  if ('net' in written) return { kind: 'addresses', net: written.net };
  if ('address' in written) {
    return { kind: 'addresses', net: `${written.address}/${familyOf(written.address) === 6 ? 128 : 32}` };
  }
  const { namespace, namespaces, pods, serviceAccount } = written;
  return {
    kind: 'pods',
    ...(namespace === undefined ? {} : { namespace }),
    ...(namespaces === undefined ? {} : { namespaces }),
    ...(pods === undefined ? {} : { pods }),
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
  };
}

/** `8080`, `53/udp`, `8000-8080/tcp`, `icmp`; TCP where no protocol is said. Undefined where it is none of them. */
export function portsIn(written: number | string): ExpectedPorts | undefined {
  if (written === 'icmp') return { proto: 'icmp' };
  const found = /^([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?(?:\/(tcp|udp|sctp))?$/.exec(String(written));
  if (found === null) return undefined;
  const [, from = '', to = from, proto = 'tcp'] = found;
  const [first, last] = [Number(from), Number(to)];
  return first <= last && last <= 65535 ? { proto: proto as 'tcp', first, last } : undefined;
}
