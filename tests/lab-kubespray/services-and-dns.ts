import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { probes } from '../../components/remote/probes/index.ts';
import { LabNodes } from '../support/lab-nodes.ts';
import { bounded, type Ground, three } from './ground.ts';

/** A world of its own: one Service over a pod on each of two nodes, and one without an address over the same. */
const world = [
  ...['masternode', 'homelab'].map((node) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `echo-${node}`, labels: { app: 'echo' } },
    spec: { nodeName: node, containers: [{ name: 'echo', image: 'registry.k8s.io/pause:3.10' }] },
  })),
  ...[{ name: 'echo' }, { name: 'echo-pods', clusterIP: 'None' }].map(({ name, ...more }) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: 'echo' }, ports: [{ port: 80, targetPort: 8080 }], ...more },
  })),
];

/** Says its own address to everybody who connects. */
const server = `
import socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("0.0.0.0", 8080))
s.listen(64)
while True:
    c, _ = s.accept()
    c.sendall(c.getsockname()[0].encode())
    c.close()
`;

/** What a node and all pods on it get: {address or "node": [what each question was answered]}. */
const program = `${probes()}
import sys
def word(address, number, times):
    said = set()
    for _ in range(times):
        try:
            with socket.create_connection((address, number), 3) as s:
                said.add(s.recv(64).decode())
        except ConnectionRefusedError:
            said.add("refused")
        except OSError as e:
            said.add(str(e))
    return sorted(said)
def answers(questions):
    calls = {"port": port, "dns": dns, "word": word}
    given = [calls[kind](*args) for kind, *args in questions]
    return [" ".join(each.get("addresses") or [each["problem"]]) if isinstance(each, dict) else each for each in given]
questions = json.loads(sys.argv[1])
places = {"node": None, **{each["address"]: each["path"] for each in pod_namespaces()}}
given = all_inside([(path, answers, (questions,)) for path in places.values()], seconds=60)
print(json.dumps({name: each.get("value") or each["problem"] for name, each in zip(places, given)}))
`;
type Question =
  | readonly ['port', string, number]
  | readonly ['dns', string, string, boolean]
  | readonly ['word', string, number, number];
type Answer = string | readonly string[];

/** Asks one Service from one socket, before and after the Service is made: whether each time an answer comes. */
const asksOn = String.raw`
import json, socket, struct, subprocess, sys, time
address, name = sys.argv[1:]
kubectl = ["/usr/local/bin/kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", "-n", "kube-system"]
question = struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + b"".join(bytes([len(x)]) + x.encode() for x in name.split(".")) + b"\0" + struct.pack(">2H", 1, 1)
service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "late"}, "spec": {"clusterIP": address, "selector": {"k8s-app": "kube-dns"}, "ports": [{"port": 53, "protocol": "UDP"}]}}
asks = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asks.settimeout(0.5)
asks.connect((address, 53))
def answered(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            asks.send(question)
            return len(asks.recv(512)) > len(question)
        except OSError:
            pass
    return False
before = answered(1)
subprocess.run(kubectl + ["apply", "-f", "-"], input=json.dumps(service).encode(), check=True, stdout=subprocess.DEVNULL)
after = answered(25)
subprocess.run(kubectl + ["delete", "service", "late"], check=True, stdout=subprocess.DEVNULL)
print(json.dumps([before, after]))
`;

/** What a lab's Services and its DNS promise, as tests of a cluster that is there and stays as it was. */
export function servicesAndDns(ground: () => Ground): void {
  let nodes: LabNodes;
  before(() => {
    nodes = new LabNodes(ground().lab.dir);
  });

  const ask = (node: string, ...questions: Question[]): Record<string, Answer[]> =>
    JSON.parse(nodes.run(node, 'python3', '-c', program, JSON.stringify(questions)));
  /** Asks on every node, in it and in each of its pods, and gives the different answers there are. */
  const everywhere = (...questions: Question[]): Answer[][] => {
    const all = three.flatMap(({ name }) => Object.values(ask(name, ...questions)));
    assert.ok(all.length >= 8, JSON.stringify(all));
    return [...new Set(all.map((each) => JSON.stringify(each)))].map((each) => JSON.parse(each));
  };
  const kubectl = (...words: string[]) => nodes.kubectl(...words);
  const rolledOut = (...names: string[]) => {
    for (const name of names) kubectl('-n', 'kube-system', 'rollout', 'status', name, '--timeout=60s');
  };
  const made = () => {
    const file = nodes.path('masternode', '/root/world.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: world }));
    kubectl('apply', '-f', '/root/world.json');
  };

  it('are those of kubespray, with a pod of the cache on every node and CoreDNS on two', () => {
    rolledOut('deployment/coredns', 'daemonset/nodelocaldns');
    const where = (label: string) =>
      new Set(
        kubectl('get', 'pods', '-n', 'kube-system', '-l', label, '-o', 'jsonpath={.items[*].spec.nodeName}').split(' '),
      );
    assert.equal(where('k8s-app=kube-dns').size, 2);
    assert.equal(where('k8s-app=node-local-dns').size, 3);
    assert.equal(nodes.field('{.spec.clusterIP}', '-n', 'kube-system', 'service', 'coredns'), '10.233.0.3');
  });

  it('answer every pod and every node: the API server, and names over UDP and TCP', () => {
    const domain = 'svc.cluster.local';
    const asked = ['10.233.0.3', '169.254.25.10'].flatMap((dns) => [
      ...[false, true].map((tcp): Question => ['dns', dns, `kubernetes.default.${domain}`, tcp]),
      ['dns', dns, `coredns.kube-system.${domain}`, false] as const,
      ['dns', dns, `nobody.default.${domain}`, true] as const,
    ]);
    const names = ['10.233.0.1', '10.233.0.1', '10.233.0.3', 'NXDOMAIN'];
    assert.deepEqual(everywhere(['port', '10.233.0.1', 443], ['port', '10.233.0.1', 444], ...asked), [
      ['open', 'refused', ...names, ...names],
    ]);
  });

  it('answer who has asked on the same socket since before they were there', () => {
    const said = nodes.run(
      'masternode',
      'python3',
      '-c',
      asksOn,
      '10.233.0.99',
      'kubernetes.default.svc.cluster.local',
    );
    assert.deepEqual(JSON.parse(said), [false, true]);
  });

  it('go to each of their pods, also from that pod itself, and to nobody once they are gone', async () => {
    made();
    kubectl('wait', '--for=condition=Ready', 'pod', '-l', 'app=echo', '--timeout=60s');
    const of = (node: string) => nodes.field('{.status.podIP}', 'pod', `echo-${node}`);
    const [here, there] = [of('masternode'), of('homelab')];
    for (const [node, address] of [
      ['masternode', here],
      ['homelab', there],
    ] as const) {
      const path = nodes
        .run(
          node,
          'sh',
          '-c',
          `for n in /run/netns/*; do nsenter --net=$n ip -4 addr show | grep -q 'inet ${address}/' || continue; echo $n; done`,
        )
        .trim();
      nodes.run(node, 'systemd-run', '-q', '--unit=echo', `-pNetworkNamespacePath=${path}`, 'python3', '-c', server);
    }
    const address = nodes.field('{.spec.clusterIP}', 'service', 'echo');
    const both = [here, there].sort();
    const word: Question = ['word', address, 80, 24];
    await bounded('both pods are behind the Service', 30, () => {
      return JSON.stringify(everywhere(word)) === JSON.stringify([[both]]);
    });
    const name: Question = ['dns', '10.233.0.3', 'echo.default.svc.cluster.local', false];
    const headless: Question = ['dns', '10.233.0.3', 'echo-pods.default.svc.cluster.local', false];
    assert.deepEqual(everywhere(name, headless), [[address, both.join(' ')]]);

    kubectl('delete', 'pod', 'echo-homelab', '--timeout=60s');
    await bounded('the other pod alone is asked', 30, () => {
      return JSON.stringify(everywhere(word, headless)) === JSON.stringify([[[here], here]]);
    });
    kubectl('delete', 'pod', 'echo-masternode', '--timeout=60s');
    await bounded('a Service without pods refuses', 30, () => {
      return JSON.stringify(everywhere(word)) === JSON.stringify([[['refused']]]);
    });
    kubectl('delete', 'service', 'echo', 'echo-pods');
    await bounded('nobody knows the Service', 30, () => {
      return JSON.stringify(everywhere(name, headless)) === JSON.stringify([['NXDOMAIN', 'NXDOMAIN']]);
    });
    assert.doesNotMatch(nodes.run('homelab', 'ip', 'route', 'show', 'table', 'local'), new RegExp(address));
  });

  it('is silent without CoreDNS, and answers again with it', async () => {
    const question: Question = ['dns', '10.233.0.3', 'kubernetes.default.svc.cluster.local', false];
    kubectl('-n', 'kube-system', 'scale', 'deployment/coredns', '--replicas=0');
    await bounded('nobody answers', 30, () => {
      return JSON.stringify(everywhere(question)) === JSON.stringify([['Connection refused']]);
    });
    kubectl('-n', 'kube-system', 'scale', 'deployment/coredns', '--replicas=2');
    await bounded('CoreDNS answers', 30, () => {
      return JSON.stringify(everywhere(question)) === JSON.stringify([['10.233.0.1']]);
    });
  });
}
