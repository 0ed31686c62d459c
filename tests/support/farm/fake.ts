/**
 * `node fake.ts COUNT PORT`: as many nodes that are only told of: an `ssh2` server on an address of 127.1.0.0/16 each, with a
 * host key of its own, that lets everybody in and answers every command with the facts of a fit node. It prints the host
 * keys as a list, and when its input ends how many were connected to, and how many at most at a time.
 */
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import ssh2 from 'ssh2';
import { makeKey } from '../../../lab/disk.ts';
import { addressOf } from './many.ts';

const [count, port] = process.argv.slice(2).map(Number) as [number, number];
let [now, most, connections] = [0, 0, 0];

function facts(): string {
  return JSON.stringify({
    ...{ os: 'debian', osVersion: '12', systemd: true, python: '3.11.2', memoryMiB: 8192, root: true, sudo: false },
    ...{ interface: 'eth0', interfaceMtu: 1500, time: Date.now(), ports: [], peers: [] },
  });
}

async function serve(number: number): Promise<string> {
  const key = makeKey(`node${number}`);
  const server = new ssh2.Server({ hostKeys: [key.private] }, (client) => {
    connections += 1;
    now += 1;
    most = Math.max(most, now);
    client.on('error', () => {});
    client.on('close', () => {
      now -= 1;
    });
    client.on('authentication', (asked) => asked.accept());
    client.on('session', (accept) =>
      accept().on('exec', (run) => {
        const stream = run();
        stream.resume();
        stream.on('end', () => {
          stream.write(`${facts()}\n`);
          stream.exit(0);
          stream.end();
        });
      }),
    );
  });
  server.listen(port, addressOf(number));
  await once(server, 'listening');
  return key.public;
}

const keys: string[] = [];
for (let number = 1; number <= count; number++) keys.push(await serve(number));
process.stdout.write(`${JSON.stringify(keys)}\n`);
await text(process.stdin);
process.stdout.write(`${JSON.stringify({ connections, most })}\n`);
process.exit(0);
