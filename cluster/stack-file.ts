import { inline } from './inline.ts';
import { defaultOf, type Field, fields, type JsonSchema } from './json-schema.ts';
import type { Change } from './schema/documentation.ts';

const CHANGES: Record<Change, string> = {
  free: 'the next `up` carries it out, and disturbs nothing that the note does not name',
  'rolling restart': 'the next `up` carries it out, and a part of the cluster that the note names restarts on the way',
  migration: 'it takes the steps that the note names, besides `up`',
  never: 'it is fixed for the life of the cluster; another value is another cluster',
};

/** docs/stack-file.md, generated: `node cluster/stack-file.ts > docs/stack-file.md`. */
export function reference(): string {
  const all = fields();
  const sections = all.filter(({ path }) => !/[.[]/.test(path));
  const single = sections.filter((s) => !all.some((f) => isInside(f, s)));
  const grouped = sections.filter((s) => !single.includes(s));
  return [
    '# The stack file',
    '',
    'Generated from `cluster/schema` by `node cluster/stack-file.ts > docs/stack-file.md`: change the schema, not this.',
    '',
    'Every field of `calispray:cluster`, or of a file that holds just the cluster (`--spec FILE`). `NAME` is a key that',
    'you choose, `[]` an entry of a list. Where the type is “`a` or `{ b }`”, one of them stands there: `encapsulation: none`,',
    'or `encapsulation: { vxlan: always }`. `tests/cluster/full.yaml` uses every field.',
    '',
    'What changing a field does to a running cluster:',
    '',
    ...Object.entries(CHANGES).map(([change, text]) => `- **${change}**: ${text}.`),
    '',
    '## At the top',
    '',
    ...table(single),
    ...grouped.flatMap((s) => ['', `## ${s.path}`, '', s.description, '', ...table(rowsOf(s, all))]),
    '',
  ].join('\n');
}

/** A section that is a field of its own (`nodes`) has a row too. */
function rowsOf(section: Field, all: readonly Field[]): Field[] {
  return [section, ...all.filter((f) => isInside(f, section))].filter((f) => f.change !== undefined);
}

function isInside(field: Field, section: Field): boolean {
  return field.path.startsWith(`${section.path}.`) || field.path.startsWith(`${section.path}[`);
}

/** Fields of which the same is to be said share a row. */
function table(rows: readonly Field[]): string[] {
  const paths = new Map<string, string[]>();
  for (const field of rows) {
    const said = saidOf(field);
    paths.set(said, [...(paths.get(said) ?? []), code(field.path)]);
  }
  return [
    '| field | type | default | what | changing it |',
    '|---|---|---|---|---|',
    ...[...paths].map(([said, fields]) => `| ${fields.join('<br>')} | ${said} |`),
  ];
}

function saidOf(field: Field): string {
  const { schema, description, unit, change, note = '', otherwise, required, chooses } = field;
  const standIn = required ? '' : otherwise === undefined ? code(defaultOf(field)) : otherwise;
  const example = `Example: ${(schema.examples ?? []).map((one) => code(inline(one))).join(', ')}.`;
  const cells = [
    typeOf(schema) + (unit === undefined ? '' : `, in ${unit}`),
    chooses ? 'one of several ways' : required ? 'must be written' : standIn,
    `${description} ${example}`,
    `**${change}**. ${note}`.trimEnd(),
  ];
  return cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ');
}

/** The type in words: `whole number 1 to 65535`, `list of text`, `always or cross-subnet`. */
function typeOf(schema: JsonSchema): string {
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ type })).join(' or ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((value) => code(inline(value))).join(' or ');
  switch (schema.type) {
    case 'integer':
      return `whole number ${schema.minimum} to ${schema.maximum}`;
    case 'array':
      return `list of ${typeOf(schema.items ?? {})}`;
    case 'object':
      return schema.properties === undefined
        ? mapOf(schema.additionalProperties)
        : code(`{ ${Object.keys(schema.properties).join(', ')} }`);
    case 'string':
      return 'text';
    case 'boolean':
      return code('true or false').replaceAll(' or ', '` or `');
    default:
      return schema.type ?? 'anything';
  }
}

/** A map whose values are maps of their own has a row for each of their fields. */
function mapOf(values: JsonSchema | boolean | undefined): string {
  const plain = typeof values === 'object' && values.type !== undefined && values.properties === undefined;
  return plain ? `map of ${typeOf(values)}` : 'map';
}

function code(text: string): string {
  return `\`${text}\``;
}

if (import.meta.main) process.stdout.write(reference());
