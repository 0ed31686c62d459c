import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { probes } from '../../components/remote/probes/index.ts';
import { makePodWorld, type PodWorld, SUBNET } from './probes-world.ts';

describe('what a node measures', function () {
  this.timeout(60_000);
  const A = { address: `${SUBNET}.5`, address6: 'fd99::5' };
  const B = { address: `${SUBNET}.69`, address6: 'fd99::69' };
  let world: PodWorld;

  afterEach(() => world?.remove());

  /** What `expression` gives, on the node, with everything of the probes at hand. */
  function asked<T>(expression: string, more = ''): T {
    const pods = `a, b = ${JSON.stringify(world.pod('a'))}, ${JSON.stringify(world.pod('b'))}`;
    return world.python<T>(`${probes()}\n${pods}\n${more}\nprint(json.dumps(${expression}))`);
  }

  it('the network namespaces of its pods, each with both ends of its cable', () => {
    world = makePodWorld({ a: A, b: { ...B, host: 1400 } });
    const found = asked<{ address: string }[]>('pod_namespaces()');
    assert.deepEqual(
      found.filter(({ address }) => address.startsWith(`${SUBNET}.`)),
      [
        {
          path: world.pod('a'),
          address: A.address,
          addresses: [A.address, A.address6],
          mtu: 1500,
          host_mtu: 1500,
          device: 'calia',
        },
        {
          path: world.pod('b'),
          address: B.address,
          addresses: [B.address, B.address6],
          mtu: 1500,
          host_mtu: 1400,
          device: 'calib',
        },
      ],
    );
  });

  it('the full size, where the path carries it, with one packet of each size', () => {
    world = makePodWorld({ a: A, b: B });
    for (const to of [B.address, B.address6]) {
      assert.deepEqual(asked(`inside(a, largest, "${to}", 1500)`), { largest: 1500, small: 'answered', told: null });
    }
    const over = asked<{ answer: boolean; said: string; mtu: number }>(`inside(a, echo, "${B.address}", 1501)`);
    assert.deepEqual(over, { answer: false, said: 'larger than the interface’s MTU', mtu: 1500 });
  });

  it('a path that is narrower than the interface, and who says so', () => {
    world = makePodWorld({ a: A, b: { ...B, host: 1400 } });
    assert.deepEqual(asked(`inside(a, largest, "${B.address}", 1500)`), {
      largest: 1400,
      small: 'answered',
      told: 1400,
    });
    assert.deepEqual(asked(`inside(a, largest, "${B.address6}", 1500)`), {
      largest: 1400,
      small: 'answered',
      told: 1400,
    });
    // The kernel has learned it by now; who asks again measures all the same.
    assert.match(world.inPod('a', 'ip', 'route', 'get', B.address), /mtu 1400/);
    assert.equal(asked<{ largest: number }>(`inside(a, largest, "${B.address}", 1500)`).largest, 1400);
    const told = asked<{ said: string; mtu: number }>(`inside(a, echo, "${B.address}", 1450)`);
    assert.deepEqual([told.said, told.mtu], ['fragmentation needed', 1400]);
  });

  it('a path that is narrower, and nobody says so', () => {
    world = makePodWorld({ a: A, b: { ...B, host: 1400 } });
    // What the node itself sends goes nowhere; what it forwards, does.
    world.onNode('ip', 'rule', 'add', 'pref', '5', 'iif', 'lo', 'to', `${SUBNET}.0/24`, 'blackhole');
    assert.deepEqual(asked(`inside(a, largest, "${B.address}", 1500)`), {
      largest: 1400,
      small: 'answered',
      told: null,
    });
    // The other way it is a port that swallows what is too large: Linux lets 4 more bytes through, for a VLAN’s tag.
    assert.deepEqual(asked(`inside(b, largest, "${A.address}", 1500)`), {
      largest: 1404,
      small: 'answered',
      told: null,
    });
  });

  it('every size exactly, whatever the path', () => {
    for (const host of [1280, 1371, 1499]) {
      world = makePodWorld({ a: A, b: { ...B, host } });
      world.onNode('ip', 'rule', 'add', 'pref', '5', 'iif', 'lo', 'to', `${SUBNET}.0/24`, 'blackhole');
      assert.equal(asked<{ largest: number }>(`inside(a, largest, "${B.address}", 1500)`).largest, host);
      world.remove();
    }
  });

  it('silence, and what was said instead of an answer', () => {
    world = makePodWorld({ a: A, b: B });
    world.inPod('b', 'ip', 'link', 'set', 'eth0', 'down');
    world.onNode(
      'ip',
      'neigh',
      'replace',
      B.address,
      'lladdr',
      'ee:ee:ee:ee:ee:01',
      'dev',
      'calib',
      'nud',
      'permanent',
    );
    assert.deepEqual(asked(`inside(a, largest, "${B.address}", 1500, .3)`), {
      largest: null,
      small: 'silent',
      told: null,
    });
    assert.equal(asked(`inside(a, tcp_closed, "${B.address}", .3)`), 'silent');
    assert.equal(asked(`inside(a, udp_closed, "${B.address}", .3)`), 'silent');
    world.onNode('ip', 'route', 'replace', 'unreachable', `${B.address}/32`);
    const said = asked<{ small: string }>(`inside(a, largest, "${B.address}", 1500, .3)`);
    assert.equal(said.small, 'Destination Host Unreachable');
    const gone = asked<{ small: string }>('inside(None, largest, "198.51.100.1", 1500, .3)');
    assert.equal(gone.small, 'Network is unreachable');
  });

  it('ports: closed ones answer, open ones are open', () => {
    world = makePodWorld({ a: A, b: B });
    for (const to of [B.address, B.address6]) {
      assert.equal(asked(`inside(a, tcp_closed, "${to}")`), 'answered');
      assert.equal(asked(`inside(a, udp_closed, "${to}")`), 'answered');
      assert.equal(asked(`inside(a, port, "${to}", 4000)`), 'refused');
    }
    const listening = `
def listen(pipe):
    with socket.socket() as s:
        s.bind(("${B.address}", 4000))
        s.listen(1)
        os.write(pipe, b"1")
        time.sleep(30)
reading, writing = os.pipe()
child, _ = start_inside(b, listen, (writing,))
os.read(reading, 1)
`;
    const states = asked<string[]>(`[inside(a, port, "${B.address}", 4000), os.kill(child, 9) or "ended"]`, listening);
    assert.deepEqual(states, ['open', 'ended']);
  });

  it('names, over UDP and TCP, and every way in which that goes wrong', () => {
    world = makePodWorld({ a: A, b: B });
    const query = (tcp: string, name: string) => `inside(a, dns, "${B.address}", "${name}", ${tcp}, .6)`;
    const names = [
      'kubernetes.default.svc.cluster.local',
      'nowhere.example',
      'none.example',
      'cut.example',
      'noise.example',
    ];
    const all = names.flatMap((name) => [query('False', name), query('True', name)]);
    const answers = asked<unknown[]>(`[${all.join(', ')}, os.kill(child, 9)]`, DNS_SERVER);
    const both = (value: unknown) => [value, value];
    assert.deepEqual(answers.slice(0, 10), [
      ...both({ addresses: ['10.233.0.1', '10.233.0.2'] }),
      ...both({ problem: 'NXDOMAIN' }),
      ...both({ problem: 'no address of that name' }),
      ...both({ problem: 'the answer was cut off' }),
      ...both({ problem: 'an answer that is none of DNS' }),
    ]);
    assert.deepEqual(asked(query('False', 'a.example')), { problem: 'Connection refused' });
    assert.deepEqual(asked(query('True', 'a.example')), { problem: 'Connection refused' });
    world.inPod('b', 'ip', 'route', 'add', 'blackhole', `${A.address}/32`);
    assert.deepEqual(asked(query('False', 'a.example')), { problem: 'no answer within 0.6 s' });
    assert.deepEqual(asked(query('True', 'a.example')), { problem: 'no answer within 0.6 s' });
  });

  it('much at once, and what hangs or fails is told beside what does not', () => {
    world = makePodWorld({ a: A, b: B });
    const calls = `[(a, echo, ("${B.address}",)), ("/run/netns/nope", echo, ("${B.address}",)), (b, time.sleep, (30,)), (None, undefined, ()), (a, port, ("${B.address}", 1))]`;
    const [echoed, gone, hung, failed, refused] = asked<{ value?: unknown; problem?: string }[]>(
      `all_inside(${calls}, seconds=1, at_once=2)`,
      'def undefined(): return 1 / 0',
    );
    assert.partialDeepStrictEqual(echoed, { value: { answer: true } });
    assert.equal(gone?.problem, 'No such file or directory');
    assert.equal(hung?.problem, 'no answer within 1 s');
    assert.equal(failed?.problem, 'division by zero');
    assert.equal(refused?.value, 'refused');
  });

  it('leaves the process that asks where it is', () => {
    world = makePodWorld({ a: A, b: B });
    const here = 'os.stat("/proc/self/ns/net").st_ino';
    const [before, there, after] = asked<number[]>(`[${here}, inside(a, lambda: ${here}), ${here}]`);
    assert.equal(before, after);
    assert.notEqual(before, there);
    assert.ok(existsSync(world.pod('a')));
  });
});

/** In pod `b`: names with two addresses, none, unknown, cut off, and noise; over UDP and TCP. */
const DNS_SERVER = `
def serve(pipe):
    u, t = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket()
    for s in (u, t):
        s.bind(("${SUBNET}.69", 53))
    t.listen(8)
    os.write(pipe, b"1")
    while True:
        for s in select.select([u, t], [], [])[0]:
            if s is u:
                query, who = u.recvfrom(512)
                u.sendto(answer(query), who)
            else:
                c, _ = t.accept()
                said = answer(c.recv(512)[2:])
                c.sendall(struct.pack("!H", len(said)) + said)
                c.close()
def answer(query):
    first = query[13:13 + query[12]].decode()
    flags, records = {"nowhere": (0x8183, []), "none": (0x8180, []), "cut": (0x8380, [])}.get(first, (0x8180, ["10.233.0.2", "10.233.0.1"]))
    if first == "noise":
        return query[:2] + struct.pack("!HHHHH", 0x8180, 9, 9, 0, 0)
    said = b"".join(b"\\xc0\\x0c" + struct.pack("!HHIH", 1, 1, 30, 4) + socket.inet_aton(each) for each in records)
    return query[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0) + query[12:] + said
reading, writing = os.pipe()
child, _ = start_inside(b, serve, (writing,))
os.read(reading, 1)
`;
