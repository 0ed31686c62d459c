/**
 * An exporter: answers with recordings, a minute further at each scrape. Runs in the network of a node; its words are the node, its address, and
 * `PROGRAM:PORT` of each. Says `listening` and ends with its standard input.
 */
import { createServer } from 'node:http';
import { expositionAt, type Program, recording } from './recordings/index.ts';

const [node = '', address = '', ...wanted] = process.argv.slice(2);

await Promise.all(
  wanted.map((word) => {
    const [program, port] = word.split(':') as [Program, string];
    const samples = recording(program, node);
    let scrapes = 0;
    const server = createServer((request, response) => {
      if (request.url !== '/metrics') return void response.writeHead(404).end();
      response.setHeader('Content-Type', 'text/plain; version=0.0.4');
      response.end(expositionAt(samples, node, scrapes++));
    });
    return new Promise<void>((up, failed) => {
      server.once('error', failed);
      server.listen(Number(port), address, up);
    });
  }),
);
process.stdout.write('listening\n');
process.stdin.resume().once('end', () => process.exit(0));
