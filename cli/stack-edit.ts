/** Edits a stack's file the way a careful person would: one field, every other character as it was. */
import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';
import { CLUSTER_KEY } from './project.ts';

/** The text with `ssh.hostKey` of each named node set. Nodes that the file does not have are left out. */
export function withHostKeys(text: string, keys: Readonly<Record<string, string>>): string {
  return Object.entries(keys).reduce((edited, [node, key]) => withHostKey(edited, node, key), text);
}

function withHostKey(text: string, name: string, key: string): string {
  const document = parseDocument(text);
  const at = ['config', CLUSTER_KEY, 'nodes', name];
  const node = document.getIn(at);
  if (!isMap(node)) return text;
  const ssh = node.get('ssh');
  const known = isMap(ssh) ? ssh.get('hostKey', true) : undefined;
  const edited = isMap(ssh)
    ? isScalar(known) && known.range
      ? text.slice(0, known.range[0]) + key + text.slice(known.range[1])
      : inserted(text, ssh, `hostKey: ${key}`)
    : node.has('ssh')
      ? undefined
      : inserted(text, node, `ssh: { hostKey: ${key} }`);
  if (edited !== undefined) return edited;
  // A shape nobody writes by hand (an alias, a comment before a closing brace): right, if less pretty.
  document.setIn([...at, 'ssh', 'hostKey'], key);
  return document.toString({ lineWidth: 0 });
}

/** `text` with one more pair in `map`: at the end of a flow map's braces, or on a line of its own before a block map's first key. */
function inserted(text: string, map: YAMLMap, pair: string): string | undefined {
  if (!map.range) return undefined;
  const [start, end] = map.range;
  if (map.flow !== true) {
    const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
    return /^ *$/.test(indent) ? `${text.slice(0, start)}${pair}\n${indent}${text.slice(start)}` : undefined;
  }
  const inside = text.slice(start + 1, end - 1);
  if (inside.includes('#')) return undefined;
  const kept = inside.trimEnd().replace(/,$/, '');
  return `${text.slice(0, start + 1)}${kept}${kept === '' ? ' ' : ', '}${pair} ${text.slice(end - 1)}`;
}
