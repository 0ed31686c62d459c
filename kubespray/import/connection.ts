import { show } from './given.ts';
import type { ImportedHost } from './hosts.ts';
import type { Reading } from './reading.ts';

/** The `ssh` of a node as the stack file writes it. */
export interface WrittenSsh {
  readonly user?: string;
  readonly port?: number;
  readonly key?: string;
  readonly become?: boolean;
  readonly jump?: WrittenJump;
}

interface WrittenJump {
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly key?: string;
}

/** More letters than anybody writes options of ssh with. */
const LONGEST = 4_000;

/** How Ansible reaches a host, as far as a stack file can say it; passwords are dropped and said. */
export function sshOf(reading: Reading, host: ImportedHost): WrittenSsh {
  const user = textOf(reading, host, 'ansible_user', 'ansible_ssh_user');
  const port = portOf(reading, host);
  const key = textOf(reading, host, 'ansible_ssh_private_key_file', 'ansible_private_key_file');
  const become = becomeOf(reading, host, user ?? 'root');
  const jump = jumpOf(reading, host);
  checkConnection(reading, host);
  return {
    ...(user === undefined ? {} : { user }),
    ...(port === undefined || port === 22 ? {} : { port }),
    ...(key === undefined ? {} : { key }),
    ...(become === undefined ? {} : { become }),
    ...(jump === undefined ? {} : { jump }),
  };
}

/** Ansible has other ways than SSH, of which `local` is kubespray's inventory/local. */
function checkConnection(reading: Reading, host: ImportedHost): void {
  const given = reading.takeOf(host, 'ansible_connection');
  if (given === undefined || ['ssh', 'smart', 'paramiko', 'paramiko_ssh'].includes(String(given.value))) return;
  const message = `ansible_connection of ${host.name} is ${show(given.value)}, and Calispray reaches every node by SSH`;
  reading.say(given.place, 'harmful', 'connection', message, 'It is dropped; the node needs sshd and an address.');
}

/** The first of the names that the host has; the later ones are old. */
export function textOf(reading: Reading, host: ImportedHost, ...names: readonly string[]): string | undefined {
  const found = names
    .map((name) => [name, reading.takeOf(host, name)] as const)
    .find(([, given]) => given !== undefined);
  const [name, given] = found ?? [];
  return name === undefined || given === undefined ? undefined : reading.asText(name, given);
}

function portOf(reading: Reading, host: ImportedHost): number | undefined {
  const given = reading.takeOf(host, 'ansible_port') ?? reading.takeOf(host, 'ansible_ssh_port');
  return given === undefined ? undefined : reading.asInt('ansible_port', given);
}

/** Whether sudo is used, where that is not what the user's name says anyway. */
function becomeOf(reading: Reading, host: ImportedHost, user: string): boolean | undefined {
  for (const [name, code, meant, does] of [
    ['ansible_become_user', 'become-user', 'root', 'becomes root'],
    ['ansible_become_method', 'become-method', 'sudo', 'uses sudo'],
  ] as const) {
    const given = reading.takeOf(host, name);
    if (given === undefined || given.value === meant) continue;
    reading.say(given.place, 'harmful', code, `${name} is not ${meant}`, `It is dropped: Calispray ${does}.`);
  }
  const given = reading.takeOf(host, 'ansible_become');
  const become = given === undefined ? undefined : reading.asBool('ansible_become', given);
  return become === undefined || become === (user !== 'root') || (become && user === 'root') ? undefined : become;
}

function jumpOf(reading: Reading, host: ImportedHost): WrittenJump | undefined {
  const found = ['ansible_ssh_common_args', 'ansible_ssh_extra_args', 'ansible_ssh_args'].flatMap((name) => {
    const given = reading.takeOf(host, name);
    const text = given === undefined ? undefined : reading.asText(name, given);
    if (given === undefined || text === undefined) return [];
    const [jump, rest] = jumpIn(text);
    if (rest !== '') {
      reading.say(
        given.place,
        'advice',
        'ssh-options',
        `${name} has options of ssh that a stack file has no field for`,
        'They are dropped; put them into ~/.ssh/config where they are needed.',
      );
    }
    return jump === undefined ? [] : [jump];
  });
  return found[0] ?? bastionOf(reading);
}

/** The jump host that ssh options name, and what is left of them. */
function jumpIn(text: string): [WrittenJump | undefined, string] {
  if (text.length > LONGEST) return [undefined, text];
  const jump =
    /(?:-J\s*|-o\s*["']?ProxyJump[=\s]\s*)["']?((?:[^@\s"',]+@)?(?:\[[0-9a-fA-F:.]+\]|[^:\s"',]+)(?::\d+)?)["']?/i.exec(
      text,
    );
  if (jump !== null) return [hostIn(jump[1] as string), text.replace(jump[0], '').trim()];
  const proxy = /-o\s*(["']?)ProxyCommand[=\s]\s*(["']?)ssh\s(.*?)\2?\1\s*$/i.exec(text);
  if (proxy === null || !/-W\s*["']?%h:%p/.test(proxy[3] ?? '')) return [undefined, text.trim()];
  const words = (proxy[3] ?? '').split(/\s+/).map((word) => word.replace(/["']/g, ''));
  const valued = (flag: string) => {
    const at = words.findIndex((word) => word.startsWith(flag));
    const word = words[at];
    return word === undefined ? undefined : word.length > flag.length ? word.slice(flag.length) : words[at + 1];
  };
  const target = words.find(
    (word, i) => word !== '' && !word.startsWith('-') && !/^-[WpioFlJbcDeEILmOQRSw]$/.test(words[i - 1] ?? ''),
  );
  if (target === undefined) return [undefined, text.trim()];
  const [port, user, key] = [valued('-p'), valued('-l'), valued('-i')];
  return [
    {
      ...hostIn(target),
      ...(port === undefined || port === '22' ? {} : { port: Number(port) }),
      ...(user === undefined ? {} : { user }),
      ...(key === undefined ? {} : { key }),
    },
    text.replace(proxy[0], '').trim(),
  ];
}

/** `deploy@jump.lan:2222` */
function hostIn(text: string): WrittenJump {
  const at = text.lastIndexOf('@');
  const [, bracketed, plain = '', port] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(text.slice(at + 1)) ?? [];
  return {
    host: bracketed ?? plain,
    ...(port === undefined || port === '22' ? {} : { port: Number(port) }),
    ...(at > 0 ? { user: text.slice(0, at) } : {}),
  };
}

/** kubespray v2.31.0 roles/bastion-ssh-config: every connection goes through the first host of the group. */
function bastionOf(reading: Reading): WrittenJump | undefined {
  const { bastion } = reading.hosts;
  if (bastion === undefined) return undefined;
  const user = textOf(reading, bastion, 'ansible_user', 'ansible_ssh_user');
  const key = textOf(reading, bastion, 'ansible_ssh_private_key_file');
  const port = portOf(reading, bastion);
  return {
    host: textOf(reading, bastion, 'ansible_host', 'ansible_ssh_host') ?? bastion.name,
    ...(port === undefined || port === 22 ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(key === undefined ? {} : { key }),
  };
}
