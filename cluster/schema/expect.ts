import { z } from 'zod';
import { portsIn } from '../expect.ts';
import { field, section } from './documentation.ts';
import { anyAddress, anyCidr, dnsName, objectName, port, text } from './values.ts';
import { labels, QUESTION } from './workloads.ts';

const pods = z.strictObject({
  namespace: dnsName.optional().meta(
    field('Namespace of the pods.', {
      otherwise: 'any that `namespaces` selects; without that, any',
      example: 'production',
      change: 'free',
      note: QUESTION,
    }),
  ),
  namespaces: labels.optional().meta(
    field('Labels of their namespaces, all of them.', {
      otherwise: 'any',
      example: { team: 'shop' },
      change: 'free',
      note: QUESTION,
    }),
  ),
  pods: labels.optional().meta(
    field('Labels of the pods, all of them.', {
      otherwise: 'any pod',
      example: { app: 'my-app' },
      change: 'free',
      note: QUESTION,
    }),
  ),
  serviceAccount: objectName
    .optional()
    .meta(field('Their service account.', { otherwise: 'any', example: 'web', change: 'free', note: QUESTION })),
});

const address = z.strictObject({
  address: anyAddress.meta(
    field('One address outside of the cluster.', { example: '203.0.113.7', change: 'free', note: QUESTION }),
  ),
});

const net = z.strictObject({
  net: anyCidr.meta(
    field('A range of addresses outside of the cluster.', {
      example: '203.0.113.0/24',
      change: 'free',
      note: QUESTION,
    }),
  ),
});

const WORDS: Readonly<Record<string, string>> = {
  internet: 'addresses that no pool, node, Service or rule has',
  'own-node': 'the node that the pod runs on',
  'other-nodes': 'every other node, by its own address and by that of its tunnel',
  dns: "the cluster's DNS: CoreDNS, and the cache on the node",
  anyone: 'pods of any namespace, nodes and the outside',
  others: 'anyone, but for what an `allow` lets through',
};

function end<const W extends readonly [string, ...string[]]>(words: W, what: string, example: unknown) {
  const said = words.map((word) => `\`${word}\` (${WORDS[word]})`).join(', ');
  const error = `Write ${words.join(', ')}, or a map: { namespace: production, pods: { app: my-app } }, { address: 203.0.113.7 }, { net: 203.0.113.0/24 }.`;
  return z.union([z.enum(words), pods, address, net], { error }).meta(
    field(`${what}: pods, \`{ address: IP }\`, \`{ net: CIDR }\` or a word: ${said}.`, {
      example,
      change: 'free',
      note: QUESTION,
    }),
  );
}

const to = end(['internet', 'own-node', 'other-nodes', 'dns', 'anyone'], 'Who is connected to', {
  namespace: 'production',
});

const PORTS = 'Write a port as 8080, 53/udp, 8000-8080/tcp or icmp.';

const portsText = text((value) =>
  portsIn(value) === undefined
    ? { code: 'bad-port', message: `“${value}” is no port or range of ports`, hint: PORTS }
    : undefined,
).meta({ pattern: '^(icmp|[0-9]+(-[0-9]+)?(/(tcp|udp|sctp))?)$' });

const ports = z
  .array(z.union([port, portsText], { error: PORTS }))
  .min(1)
  .optional()
  .meta(
    field('`8080` (TCP), `53/udp`, `8000-8080/tcp`, `icmp`.', {
      otherwise: 'every port of TCP, UDP and SCTP; 53 of UDP and TCP with `to: dns`',
      example: [8080],
      change: 'free',
      note: QUESTION,
    }),
  );

const expectation = z
  .strictObject({
    allow: z
      .strictObject({
        from: end(['internet', 'own-node', 'other-nodes', 'anyone'], 'Who connects', 'own-node'),
        to,
        ports,
      })
      .optional()
      .meta(section('All of these connections must get through.')),
    deny: z
      .strictObject({
        from: end(['internet', 'own-node', 'other-nodes', 'anyone', 'others'], 'Who connects', 'others'),
        to,
        ports,
      })
      .optional()
      .meta(section('None of these connections may get through.')),
  })
  .superRefine(({ allow, deny }, ctx) => {
    if ((allow === undefined) !== (deny === undefined)) return;
    const message = allow === undefined ? 'it says neither allow nor deny' : 'it says both allow and deny';
    ctx.addIssue({
      code: 'custom',
      message,
      params: { code: 'one-verdict', hint: 'Write one of them in each entry: { allow: { from: …, to: … } }.' },
    });
  });

export const expect = z
  .array(expectation)
  .default([])
  .meta(
    field('Who must reach whom, and who must not: judged in every preview against the policies that are declared.', {
      example: [{ deny: { from: 'internet', to: { namespace: 'production' } } }],
      change: 'free',
      note: QUESTION,
    }),
  );
