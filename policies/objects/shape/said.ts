/** A sentence about a resource, `spec.order must be a number`, as a finding of the object. */
import { nearest } from '../../../cluster/nearest.ts';
import type { KubernetesObject, ObjectFinding } from '../rule.ts';
import { isPatch, nameOf } from '../world.ts';

/**
 * One finding a field: what is wrong with a value often is so for two reasons. `see` is where its kind is described.
 * @param sentences each begins with the path of its field
 */
export function findingsOf(object: KubernetesObject, sentences: readonly string[], see: string): ObjectFinding[] {
  const byPath = new Map<string, string>();
  // A patch says a part of its object: what it leaves out may well be there.
  const about = isPatch(object) ? sentences.filter((sentence) => !/ must be set$/.test(sentence)) : sentences;
  for (const sentence of about) {
    const path = /^[a-z][\w-]*(?:\.[\w-]+|\[\d+\])*/i.exec(sentence)?.[0] ?? '';
    if (!byPath.has(path)) byPath.set(path, sentence);
  }
  return [...byPath].map(([path, sentence]) => ({
    urn: object.urn,
    path,
    message: `${nameOf(object)}: ${withoutPath(path, sentence)}`,
    hint: hintFor(path, sentence, see),
  }));
}

/** The path is said beside the message: of it, the field's own name is enough. */
function withoutPath(path: string, sentence: string): string {
  if (sentence.startsWith(`${path}: `)) return sentence.slice(path.length + 2);
  return `${path.split('.').at(-1)}${sentence.slice(path.length)}`;
}

/** What to write instead. */
function hintFor(path: string, sentence: string, see: string): string {
  const [, written = '', words = ''] = /"([^"]*)" is none of ([^,]+(?:, [^,]+)*)$/.exec(sentence) ?? [];
  if (words !== '') {
    const near = nearest(written, words.split(', '));
    return near === undefined ? `Write one of ${words}.` : `Write ${near}.`;
  }
  const field =
    path
      .replace(/(\[\d+\])+$/, '')
      .split('.')
      .at(-1) ?? '';
  const hint = hints.find(
    ([fields, about]) =>
      (fields.length === 0 || fields.includes(field)) && (about === undefined || about.test(sentence)),
  );
  if (hint !== undefined) return hint[2];
  if (/ must be set$/.test(sentence)) return `Write ${field}: ${see}.`;
  return `What the field takes: ${see}.`;
}

/** By the field's name, of any where there is none, and by what is said of it where that matters. */
const hints: readonly [fields: readonly string[], about: RegExp | undefined, hint: string][] = [
  [[], /ipBlock cannot stand beside/, 'Write two entries: a connection that fits one of them is enough.'],
  [
    [],
    /must say podSelector/,
    'Write podSelector: {} for every pod of the namespace, or leave from and to out for everybody.',
  ],
  [[], /the range begins at/, 'Write the lower number as port, the higher one as endPort.'],
  [[], /must be true or false$/, 'Write true or false, without quotes.'],
  [[], /must be a list$/, 'Write a list: begin the entry with a dash.'],
  [[], /must be a map$/, 'Write fields below it.'],
  [[], /must be a text$/, 'Write a text: a number in quotes.'],
  [
    ['nets', 'notNets'],
    /IPv4 and of IPv6|not of IPv/,
    'Write a rule for IPv4 and one for IPv6: each matches one family.',
  ],
  [['nets', 'notNets'], /beyond its prefix/, 'Write the net itself: 10.1.0.0/16, not 10.1.2.3/16.'],
  [
    ['nets', 'notNets', 'cidr', 'except'],
    undefined,
    'Write CIDRs, as 10.0.0.0/8 or fd00::/8; one address is 10.0.0.1/32.',
  ],
  [['ports', 'notPorts'], /protocol/, 'Write protocol: TCP, UDP or SCTP beside the ports.'],
  [
    ['ports', 'notPorts'],
    undefined,
    'Write numbers from 1 to 65535, ranges as "80:90" with the lower first, or names of container ports.',
  ],
  [
    ['selector', 'notSelector', 'namespaceSelector', 'serviceAccountSelector', 'nodeSelector', 'peerSelector'],
    undefined,
    "Write a selector of Calico's: app == 'web' && has(tier), or all().",
  ],
  [['protocol', 'notProtocol'], undefined, 'Write TCP, UDP, ICMP, ICMPv6, SCTP, UDPLite, or a number from 1 to 255.'],
  [['icmp', 'notICMP'], undefined, 'Write protocol: ICMP beside it, and a type from 0 to 254.'],
  [
    ['blockSize'],
    undefined,
    'Write a prefix length from 20 to 32, of IPv6 from 116 to 128; 26 and 122 are what Calico takes by itself.',
  ],
  [['name'], /must be named/, 'Name it so: Calico 3.30 and 3.31 want the tier in front.'],
  [
    ['name'],
    undefined,
    "Write lower-case letters, digits, '-' and '.', beginning and ending with a letter or a digit: allow-dns.",
  ],
  [['port', 'endPort'], undefined, 'Write a number from 1 to 65535, or the name of a container port.'],
  [
    ['kind', 'tier'],
    /came with/,
    'Leave it out, or choose a newer Calico: calico.version, or a newer release of kubespray.',
  ],
  [['order', 'priority'], undefined, 'Write a number, without quotes: order: 100.'],
];
