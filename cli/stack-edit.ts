/** Edits a stack's file the way a careful person would: one field, everything else and every comment as it was. */
import { isMap, parseDocument } from 'yaml';
import { CLUSTER_KEY } from './project.ts';

/** The text with `ssh.hostKey` of each named node set. Nodes that the file does not have are left out. */
export function withHostKeys(text: string, keys: Readonly<Record<string, string>>): string {
  const document = parseDocument(text);
  for (const [node, key] of Object.entries(keys)) {
    const at = ['config', CLUSTER_KEY, 'nodes', node];
    if (!isMap(document.getIn(at))) continue;
    document.setIn([...at, 'ssh', 'hostKey'], key);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}
