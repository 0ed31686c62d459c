import type { Finding } from './finding.ts';
import { nearest } from './nearest.ts';
import { SYSTEM } from './policy-consistency.ts';
import { list, type Raw, record, refused } from './raw.ts';

/** What only shows across `workloads`, `expect` and the namespaces, in a raw value. */
export function expectationFindings(root: Raw): Finding[] {
  return [...repetitions(root), ...portNames(root), ...namespaces(root)];
}

function repetitions({ workloads }: Raw): Finding[] {
  const seen = new Set<string>();
  return list(workloads).flatMap((item, i) => {
    const { namespace, name } = record(item);
    if (typeof namespace !== 'string' || typeof name !== 'string') return [];
    const key = `${namespace}/${name}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [refused('repeated', `workloads[${i}].name`, `${key} is there already`, 'Give it a name of its own.')];
  });
}

/** A name of a port stands for one number of a protocol. */
function portNames({ workloads }: Raw): Finding[] {
  return list(workloads).flatMap((item, i) => {
    const names = list(record(item).ports).map((port) => record(port).name);
    return names.flatMap((name, j) =>
      typeof name !== 'string' || names.indexOf(name) === j
        ? []
        : [refused('repeated', `workloads[${i}].ports[${j}].name`, `“${name}” is there already`, 'Name it otherwise.')],
    );
  });
}

/** An expectation about a namespace that is mistyped would be met by nobody, and nobody would be told. */
function namespaces(root: Raw): Finding[] {
  const declared = list(record(root.policies).namespaces);
  const used = list(root.workloads).map((item) => record(item).namespace);
  const known = [...declared, ...used, ...SYSTEM].filter((name) => typeof name === 'string');
  return list(root.expect).flatMap((item, i) =>
    Object.entries(record(item)).flatMap(([verdict, connection]) =>
      ['from', 'to'].flatMap((end) => {
        const { namespace } = record(record(connection)[end]);
        if (typeof namespace !== 'string' || known.includes(namespace)) return [];
        const near = nearest(namespace, known, 2);
        const hint = `${near === undefined ? 'Add' : `Did you mean ${near}? Otherwise add`} ${namespace} to policies.namespaces, or to workloads what runs in it.`;
        const path = `expect[${i}].${verdict}.${end}.namespace`;
        return [refused('undeclared-namespace', path, `no namespace “${namespace}” is declared`, hint)];
      }),
    ),
  );
}
