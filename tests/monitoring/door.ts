/** A door into a network namespace: what comes to a socket of the file system goes to a port of the loopback there. Ends with its standard input. */
import { connect, createServer } from 'node:net';

const [socket = '', port = ''] = process.argv.slice(2);
const server = createServer((outside) => {
  const inside = connect(Number(port), '127.0.0.1');
  outside.pipe(inside).pipe(outside);
  outside.once('error', () => inside.destroy());
  inside.once('error', () => outside.destroy());
});
server.listen(socket, () => process.stdout.write('listening\n'));
process.stdin.resume().once('end', () => process.exit(0));
