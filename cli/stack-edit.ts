/** Edits a stack's file the way a careful person would: one field, every other character as it was. */
import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';
import { CLUSTER_KEY } from './project.ts';

/** The text with `ssh.hostKey` of each named node set. Nodes that the file does not have are left out. */
export function withHostKeys(text: string, keys: Readonly<Record<string, string>>): string {
  return Object.entries(keys).reduce((edited, [node, key]) => withHostKey(edited, node, key), text);
}

/** The text with `hostKey` of every jump host that is named, wherever the stack declares it: for all nodes, or for one. */
export function withJumpKeys(text: string, keys: ReadonlyMap<string, string>): string {
  const cluster = parseDocument(text).getIn(['config', CLUSTER_KEY]);
  const nodes = isMap(cluster) ? cluster.get('nodes') : undefined;
  const names = isMap(nodes) ? nodes.items.map(({ key }) => String(isScalar(key) ? key.value : key)) : [];
  const places = [['ssh'], ...names.map((name) => ['nodes', name, 'ssh'])];
  return places.reduce((edited, place) => {
    const at = ['config', CLUSTER_KEY, ...place, 'jump'];
    const jump = parseDocument(edited).getIn(at);
    const key = isMap(jump) ? keys.get(String(jump.get('host'))) : undefined;
    return key === undefined ? edited : withKey(edited, at, key);
  }, text);
}

function withHostKey(text: string, name: string, key: string): string {
  const at = ['config', CLUSTER_KEY, 'nodes', name];
  const node = parseDocument(text).getIn(at);
  if (!isMap(node)) return text;
  if (isMap(node.get('ssh'))) return withKey(text, [...at, 'ssh'], key);
  const edited = node.has('ssh') ? undefined : inserted(text, node, `ssh: { hostKey: ${key} }`);
  return edited ?? rewritten(text, [...at, 'ssh', 'hostKey'], key);
}

/** The text with `hostKey` in the map at a path. */
function withKey(text: string, at: readonly string[], key: string): string {
  const map = parseDocument(text).getIn(at);
  if (!isMap(map)) return text;
  const known = map.get('hostKey', true);
  if (isScalar(known) && known.range) return text.slice(0, known.range[0]) + key + text.slice(known.range[1]);
  return inserted(text, map, `hostKey: ${key}`) ?? rewritten(text, [...at, 'hostKey'], key);
}

/** A shape nobody writes by hand (an alias, a comment before a closing brace): right, if less pretty. */
function rewritten(text: string, at: readonly string[], key: string): string {
  const document = parseDocument(text);
  document.setIn(at, key);
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
