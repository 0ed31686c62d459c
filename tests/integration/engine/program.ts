import * as pulumi from '@pulumi/pulumi';
import { UserError } from '../../../cluster/finding.ts';

/** What kubespray is told, in a program of one's own: the pack judges it like ours. */
class Inventory extends pulumi.ComponentResource {
  constructor(name: string, mtu: number) {
    const variables = {
      calico_mtu: mtu,
      calico_veth_mtu: mtu,
      calico_network_backend: 'bird',
      calico_ipip_mode: 'Never',
      calico_vxlan_mode: 'Never',
    };
    const hosts = [
      { name: 'one', address: '192.168.4.63', groups: ['kube_control_plane', 'etcd', 'kube_node'], hostKey: 'pinned' },
    ];
    super('calispray:kubespray:Inventory', name, {
      variables,
      hosts,
      network: { nodes: '192.168.4.0/24', interfaceMtu: 1500 },
    });
    this.registerOutputs({});
  }
}

interface Inputs {
  seconds: number;
  /** A file that is waited for as well; empty: none. */
  go: string;
  /** Gets a line when the creation begins and one when it ends. */
  file: string;
}

/** A resource that takes its time and whose creation leaves a mark. */
class Slow extends pulumi.dynamic.Resource {
  constructor(name: string, inputs: Inputs) {
    super(
      {
        async create({ seconds, go, file }: { seconds: number; go: string; file: string }) {
          const { appendFileSync, existsSync } = require('node:fs');
          appendFileSync(file, 'begun\n');
          await new Promise((resume) => setTimeout(resume, seconds * 1000));
          while (go !== '' && !existsSync(go)) await new Promise((resume) => setTimeout(resume, 20));
          appendFileSync(file, 'ended\n');
          return { id: 'slow', outs: { seconds, go, file } };
        },
      },
      name,
      inputs,
    );
  }
}

/** Holds a secret as input, as `connection` of a command does. */
class Holder extends pulumi.ComponentResource {
  constructor(name: string, text: pulumi.Output<string>) {
    super('calispray:test:Holder', name, { connection: { privateKey: text } });
    this.registerOutputs({ text });
  }
}

/** Does what the stack's configuration asks for: see engine.test.ts. */
export default async function program(): Promise<Record<string, unknown>> {
  const config = new pulumi.Config('test');
  const mistake = config.get('mistake');
  if (mistake === 'user') throw UserError.of('planted-mistake', 'a.b', 'it is wrong', 'mend it');
  if (mistake === 'bug') throw new TypeError('planted bug');
  new Inventory('inventory', config.requireNumber('mtu'));
  const file = config.get('mark');
  if (file !== undefined)
    new Slow('slow', { seconds: config.getNumber('seconds') ?? 0, go: config.get('go') ?? '', file });
  const text = process.env.CALISPRAY_TEST_SECRET;
  if (text !== undefined) new Holder('holder', pulumi.secret(text));
  return { mtu: config.requireNumber('mtu'), ...(text === undefined ? {} : { secret: pulumi.secret(text) }) };
}
