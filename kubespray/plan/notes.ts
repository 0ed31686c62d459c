import { fields } from '../../cluster/json-schema.ts';

/** What the documentation of a field says of changing it: `nodes.homelab.labels` has the note of `nodes.NAME.labels`. */
export function noteOf(path: string): string | undefined {
  notes ??= new Map(fields().flatMap(({ path: field, note }) => (note === undefined ? [] : [[field, note]])));
  return (
    notes.get(path.replace(/^nodes\.[^.]+/, 'nodes.NAME')) ??
    notes.get(path.replace(/^(kubespray\.extraVariables)\..*$/, '$1'))
  );
}

let notes: Map<string, string> | undefined;
