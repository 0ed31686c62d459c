import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A real sshd on loopback; root logs in with `privateKey`, or with `password`. */
export interface Sshd {
  readonly port: number;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
  readonly privateKey: string;
  readonly password: string;
  stop(): Promise<void>;
}

export interface SshdOptions {
  /** A root file system with an sshd: the lab's base image. It is not changed. */
  readonly base: string;
  /** Further lines of sshd_config. */
  readonly config?: string;
  readonly port?: number;
}

/**
 * Starts Debian's sshd with keys and configuration of its own in `dir`, over a throw-away layer of the base image, in process and mount
 * namespaces of its own: when it stops, whatever ran in it is gone. The host sees the files a session writes below `dir` alone.
 */
export async function startSshd(dir: string, options: SshdOptions): Promise<Sshd> {
  if (!existsSync(join(options.base, 'usr/sbin/sshd'))) throw new Error(`no sshd in the base image ${options.base}`);
  mkdirSync(dir, { recursive: true });
  const port = options.port ?? (await freePort());
  for (const key of ['host_key', 'user_key']) {
    if (existsSync(join(dir, key))) continue;
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', join(dir, key)]);
  }
  writeFileSync(join(dir, 'authorized_keys'), readFileSync(join(dir, 'user_key.pub')));
  chmodSync(join(dir, 'authorized_keys'), 0o600);
  const password = 'planted-password-of-the-test-sshd';
  writeFileSync(
    join(dir, 'sshd_config'),
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${dir}/host_key
AuthorizedKeysFile ${dir}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
Subsystem sftp internal-sftp
MaxStartups 100
${options.config ?? ''}
`,
  );
  writeFileSync(join(dir, 'start.sh'), startScript);
  const child = spawn(
    'unshare',
    ['--mount', '--pid', '--fork', '--kill-child=KILL', 'sh', join(dir, 'start.sh'), options.base, dir, password],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-20_000);
  });
  const until = Date.now() + 20_000;
  while (!/Server listening/.test(log)) {
    if (child.exitCode !== null) throw new Error(`sshd ended at once:\n${log}`);
    if (Date.now() > until) {
      await stop(child);
      throw new Error(`sshd did not listen within 20 s:\n${log}`);
    }
    await sleep(20);
  }
  const [type, key] = readFileSync(join(dir, 'host_key.pub'), 'utf8').split(' ');
  return {
    port,
    hostKey: `${type} ${key}`,
    privateKey: readFileSync(join(dir, 'user_key'), 'utf8'),
    password,
    stop: () => stop(child),
  };
}

const startScript = `set -e
base=$1 dir=$2
root=$dir/root
mkdir -p "$dir/layer" "$root"
mount -t tmpfs none "$dir/layer"
mkdir "$dir/layer/upper" "$dir/layer/work"
mount -t overlay overlay -o "lowerdir=$base,upperdir=$dir/layer/upper,workdir=$dir/layer/work" "$root"
mkdir -p "$root/run/sshd" "$root$dir"
mount --bind "$dir" "$root$dir"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
printf 'root:%s\\n' "$3" | chroot "$root" chpasswd -c SHA256
exec chroot "$root" /usr/sbin/sshd -D -e -f "$dir/sshd_config"
`;

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
