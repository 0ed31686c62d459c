import type { Client } from 'ssh2';

/** Ends a connection. The next one begins when its socket is gone: so many at a time are so many sockets. */
export async function closed(client: Client): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    client.once('close', () => resolve());
    // It may have been lost before, or the other side keeps it open.
    timer = setTimeout(resolve, 1000);
    client.end();
  });
  clearTimeout(timer);
  client.destroy();
}
