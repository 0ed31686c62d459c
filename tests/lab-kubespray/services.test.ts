import assert from 'node:assert/strict';
import { type Made, service, slice } from './objects.ts';
import { python } from './python.ts';

/** What the node's table carries for Services and EndpointSlices, and the table as nft(8) reads it. */
const program = `
import json, os, sys
sys.path.insert(0, os.environ["KUBESPRAY"] + "roles/network_plugin/files")
import services
worlds = json.load(sys.stdin)
tables = [services.table(w["services"], w["slices"]) for w in worlds]
print(json.dumps([{"ports": ["%s/%s:%d %s" % (p["address"], p["protocol"], p["port"], " ".join("%s:%d" % e for e in p["endpoints"])) for p in t], "rules": services.rules(t)} for t in tables]))
`;

interface World {
  readonly services: readonly Made[];
  readonly slices: readonly Made[];
}
interface Carried {
  readonly ports: readonly string[];
  readonly rules: string;
}

const carried = (world: World): Carried => (python(program, [world]) as [Carried])[0];

const https = [{ name: 'https', port: 443 }];
const backend = [{ name: 'https', port: 6443 }];

describe("the lab's Services", () => {
  it('go from each port to the endpoints of the port of that name, whatever the order in the API', () => {
    const dns = [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53 },
    ] as const;
    const services = [service('dns', '10.233.0.3', dns), service('kubernetes', '10.233.0.1', https)];
    const slices = [
      slice('dns', dns, ['10.244.0.9', '10.244.0.4']),
      slice('kubernetes', backend, ['192.168.4.63']),
      slice('dns', [{ name: 'dns', port: 5353 }], ['10.244.0.70']),
    ];
    const told = carried({ services, slices });
    assert.deepEqual(told.ports, [
      '10.233.0.1/tcp:443 192.168.4.63:6443',
      '10.233.0.3/tcp:53 10.244.0.4:53 10.244.0.9:53',
      '10.233.0.3/udp:53 10.244.0.4:53 10.244.0.70:5353 10.244.0.9:53',
    ]);
    assert.deepEqual(carried({ services: services.toReversed(), slices: slices.toReversed() }), told);
    assert.match(told.rules, /numgen random mod 2 map \{ 0 : 10\.244\.0\.4 \. 53, 1 : 10\.244\.0\.9 \. 53 \}/);
  });

  it('go to no endpoint that is not ready, of another family or of a Service without an address', () => {
    const services = [
      service('plain', '10.233.0.5', [{ port: 80 }]),
      service('headless', 'None', [{ port: 80 }]),
      service('six', 'fd85::5', [{ port: 80 }]),
      service('elsewhere', '', [{ port: 80 }], { type: 'ExternalName' }),
    ];
    const endpoints = [
      { addresses: ['10.244.0.5'], conditions: { ready: false } },
      { addresses: ['10.244.0.6'], conditions: {} },
    ];
    const slices = [
      slice('plain', [{ port: 8080 }], endpoints),
      slice('plain', [{ port: 8080 }], ['fd85::9'], { addressType: 'IPv6' }),
    ];
    assert.deepEqual(carried({ services, slices }).ports, ['10.233.0.5/tcp:80 10.244.0.6:8080']);
  });

  it('carry nothing where nobody answers: the rest of the table stays whole', () => {
    const { ports, rules } = carried({ services: [service('kubernetes', '10.233.0.1', https)], slices: [] });
    assert.deepEqual(ports, ['10.233.0.1/tcp:443 ']);
    assert.doesNotMatch(rules, /dnat ip|\{ +\}|10\.233/);
    assert.match(rules, /^table ip calispray_services\ndelete table ip calispray_services\n/);
  });

  it('masquerade what has to come back: the node’s own connections, and those of a pod to itself', () => {
    const { rules } = carried({
      services: [service('kubernetes', '10.233.0.1', https)],
      slices: [slice('kubernetes', backend, ['10.244.0.5', '10.244.0.6'])],
    });
    assert.match(rules, /hook output[^}]*ip daddr \{ 10\.233\.0\.1 \} meta mark set meta mark or 0x4000\n/);
    assert.match(rules, /ct status dnat meta mark and 0x4000 == 0x4000 masquerade/);
    assert.match(
      rules,
      /ip saddr \. ip daddr \{ 10\.244\.0\.5 \. 10\.244\.0\.5, 10\.244\.0\.6 \. 10\.244\.0\.6 \} masquerade/,
    );
  });
});
