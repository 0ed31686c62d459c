/**
 * Policies out of files that a stack points to with `policies.manifests`. What the files say comes in as text: reading them is for the
 * program and the command line (components/manifests.ts).
 */
import type { Finding, Place } from '../finding.ts';
import { findingsOf } from '../issues.ts';
import { nearest } from '../nearest.ts';
import { isRecord, list, record, refused } from '../raw.ts';
import { policyObject } from '../schema/policies.ts';
import type { ManifestObject, PolicyObject } from '../types/policies.ts';
import { type DocumentSource, readDocuments } from '../yaml.ts';
import { KINDS } from './kinds.ts';

/**
 * What was read: a file as the stack names it → its text; of a folder, `FOLDER/NAME` of each file in it, without a second slash. A path
 * that could not be read says why.
 */
export type Manifests = Readonly<Record<string, string | Unread>>;

/** Parts of a finding, whose path is the entry of `policies.manifests`. */
export interface Unread {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** The paths of `policies.manifests`, as they are written, of a cluster that may be anything. */
export function manifestPathsIn(value: unknown): string[] {
  const paths = list(record(record(value).policies).manifests);
  return [...new Set(paths.filter((path) => typeof path === 'string'))];
}

/** A document as it is written, wrong or right, for what is to be compared across the policies of a stack. */
export interface WrittenManifest {
  readonly value: unknown;
  /** `manifests/production.yaml#2`. */
  readonly origin: string;
  /** A finding about the document: its path and its place are in the manifest. */
  located(finding: Finding): Finding;
}

export interface ReadManifests {
  readonly objects: readonly ManifestObject[];
  readonly written: readonly WrittenManifest[];
  readonly findings: readonly Finding[];
}

/** Every policy of the manifests that `value` points to, in its order; each mistake with file, document and path in it. */
export function readManifestObjects(value: unknown, manifests: Manifests): ReadManifests {
  const findings: Finding[] = [];
  const written: WrittenManifest[] = [];
  const objects: ManifestObject[] = [];
  const seen = new Set<string>();
  for (const [i, path] of list(record(record(value).policies).manifests).entries()) {
    if (typeof path !== 'string' || path === '') continue;
    const at = `policies.manifests[${i}]`;
    const files = filesOf(path, manifests);
    if (files.length === 0) findings.push(nothingRead(path, at));
    for (const file of files) {
      const text = manifests[file] as string | Unread;
      if (typeof text !== 'string') {
        findings.push(refused(text.code, at, text.message, text.hint));
      } else if (seen.has(file)) {
        findings.push(refused('repeated', at, `${file} is there already`, 'Name each file once.'));
      } else {
        seen.add(file);
        const read = documentsIn(file, text);
        findings.push(...read.findings);
        written.push(...read.written);
      }
    }
  }
  for (const document of written) {
    const result = judged(document);
    if (Array.isArray(result)) findings.push(...result.map(document.located));
    else objects.push({ origin: document.origin, object: result });
  }
  return { objects, written, findings };
}

/** The file itself, or the files right in the folder. */
function filesOf(path: string, manifests: Manifests): string[] {
  if (Object.hasOwn(manifests, path)) return [path];
  const folder = `${path.replace(/\/+$/, '')}/`;
  return Object.keys(manifests)
    .filter((file) => file.startsWith(folder) && !file.slice(folder.length).includes('/'))
    .sort();
}

function nothingRead(path: string, at: string): Finding {
  const hint = 'Name a file, or a folder with *.yaml, *.yml or *.json in it.';
  return refused('no-manifest', at, `no manifest was read from ${path}`, hint);
}

function documentsIn(file: string, text: string): { written: WrittenManifest[]; findings: Finding[] } {
  const read = readDocuments(text, file);
  if (!read.ok) {
    return { written: [], findings: read.findings.map((one) => ({ ...one, path: `${file} ${one.path}`.trimEnd() })) };
  }
  const written = read.documents.flatMap((document, i) => entriesOf(document, `${file}#${i + 1}`));
  if (written.length > 0) return { written, findings: [] };
  const hint = 'Write a policy into it, or take it out of policies.manifests.';
  return { written, findings: [{ ...refused('empty-file', file, 'the file holds nothing', hint), at: emptyAt(file) }] };
}

function emptyAt(file: string) {
  return { file, line: 1, column: 1 };
}

/** A List, as `kubectl get -o yaml` prints it, is what it holds. */
function entriesOf({ value, place }: DocumentSource, origin: string): WrittenManifest[] {
  const one = (inner: unknown, within: string): WrittenManifest => ({
    value: inner,
    origin: within === '' ? origin : `${origin} ${within}`,
    located: (finding) => {
      const path = [within, finding.path].filter((part) => part !== '').join('.');
      return { ...finding, path: `${origin} ${path}`.trimEnd(), at: place(path) };
    },
  });
  if (!isRecord(value) || value.kind !== 'List' || !Array.isArray(value.items)) return [one(value, '')];
  return value.items.map((item, i) => one(item, `items[${i}]`));
}

/**
 * Where a path as findings have it, `manifests/production.yaml#2 spec.ingress[0]`, stands; undefined where it is in none of the manifests.
 * A file is read once, when the first path in it is asked for.
 */
export function placesInManifests(manifests: Manifests): (path: string) => Place | undefined {
  const documents = new Map<string, readonly DocumentSource[]>();
  const documentsOf = (file: string, text: string) => {
    const known = documents.get(file);
    if (known !== undefined) return known;
    const read = readDocuments(text, file);
    const found = read.ok ? read.documents : [];
    documents.set(file, found);
    return found;
  };
  return (path) => {
    for (const [file, text] of Object.entries(manifests)) {
      if (typeof text !== 'string' || !path.startsWith(`${file}#`)) continue;
      const [, number, within = ''] = /^#(\d+)(?: (.*))?$/s.exec(path.slice(file.length)) ?? [];
      const document = documentsOf(file, text)[Number(number) - 1];
      if (document !== undefined) return document.place(within);
    }
    return undefined;
  };
}

/** What the API server writes into an object, and refuses or ignores when it is applied. */
const OF_THE_SERVER = /^(status|metadata\.(uid|resourceVersion|generation|creationTimestamp|managedFields|selfLink))$/;

function judged({ value }: WrittenManifest): PolicyObject | Finding[] {
  if (!isRecord(value)) {
    const hint = 'Write apiVersion, kind, metadata and spec, as for kubectl.';
    return [refused('wrong-type', '', 'the document is no object of the API', hint)];
  }
  const { kind } = value;
  if (typeof kind === 'string' && !Object.hasOwn(KINDS, kind)) return [noPolicy(kind)];
  const result = policyObject.safeParse(value, { reportInput: true });
  if (!result.success) {
    return result.error.issues.flatMap((issue) => findingsOf(issue, policyObject)).map(ofTheServer);
  }
  const { metadata, ...object } = result.data;
  return { ...object, metadata: withoutUndefined(metadata) };
}

function noPolicy(kind: string): Finding {
  const near = nearest(kind, Object.keys(KINDS), 2);
  const kinds = Object.keys(KINDS).join(', ');
  const elsewhere =
    kind === 'Namespace'
      ? 'Name it in policies.namespaces, with its labels in policies.namespaceLabels.'
      : `Take it out of the manifest, and apply it with kubectl or declare it in the program; manifests hold ${kinds}.`;
  const hint = near === undefined ? elsewhere : `Did you mean ${near}?`;
  return refused('no-policy', 'kind', `a ${kind} is no policy, and nothing that one refers to`, hint);
}

function ofTheServer(finding: Finding): Finding {
  if (finding.code !== 'unknown-key' || !OF_THE_SERVER.test(finding.path)) return finding;
  return { ...finding, message: `${finding.path} is written by the API server`, hint: 'Take it out.' };
}

function withoutUndefined<T extends object>(value: T): PolicyObject['metadata'] {
  const kept = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(kept) as unknown as PolicyObject['metadata'];
}
