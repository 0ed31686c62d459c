/** What a selector says, as a tree; how it is written again, prefixed and asked (Calico v3.32.1 libcalico-go/lib/selector/parser/ast.go). */

export type Comparison = '==' | '!=' | 'contains' | 'starts with' | 'ends with';

export type Node =
  | { readonly kind: 'all' | 'global' }
  | { readonly kind: 'has'; readonly label: string }
  | { readonly kind: 'compare'; readonly label: string; readonly operator: Comparison; readonly value: string }
  | {
      readonly kind: 'set';
      readonly label: string;
      readonly operator: 'in' | 'not in';
      readonly values: ReadonlySet<string>;
    }
  | { readonly kind: 'not'; readonly operand: Node }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Node[] };

export type Labels = ReadonlyMap<string, string>;

/** `!=` and `not in` hold where the label is absent; every other comparison wants it. */
export function matches(node: Node, labels: Labels): boolean {
  switch (node.kind) {
    case 'all':
    case 'global':
      return true;
    case 'has':
      return labels.has(node.label);
    case 'compare':
      return compared(node.operator, labels.get(node.label), node.value);
    case 'set': {
      const value = labels.get(node.label);
      return (value !== undefined && node.values.has(value)) === (node.operator === 'in');
    }
    case 'not':
      return !matches(node.operand, labels);
    case 'and':
      return node.operands.every((operand) => matches(operand, labels));
    case 'or':
      return node.operands.some((operand) => matches(operand, labels));
  }
}

/** The same as `matches`, made ready for many labels: what a tree looks up again each time is looked up once. */
export function matcher(node: Node): (labels: Labels) => boolean {
  switch (node.kind) {
    case 'compare': {
      const { label, operator, value } = node;
      if (operator === '==') return (labels) => labels.get(label) === value;
      return (labels) => compared(operator, labels.get(label), value);
    }
    case 'not': {
      const operand = matcher(node.operand);
      return (labels) => !operand(labels);
    }
    case 'and': {
      const operands = node.operands.map(matcher);
      return (labels) => {
        for (const operand of operands) if (!operand(labels)) return false;
        return true;
      };
    }
    case 'or': {
      const operands = node.operands.map(matcher);
      return (labels) => operands.some((operand) => operand(labels));
    }
    default:
      return (labels) => matches(node, labels);
  }
}

/**
 * The same where the labels that begin with one of `unknown` are not known, but for those that are there; undefined: it may hold or not.
 */
export function mayMatch(node: Node, labels: Labels, unknown: readonly string[]): boolean | undefined {
  switch (node.kind) {
    case 'all':
    case 'global':
      return true;
    case 'not': {
      const operand = mayMatch(node.operand, labels, unknown);
      return operand === undefined ? undefined : !operand;
    }
    case 'and':
    case 'or': {
      // What decides by itself: one that does not hold, or one that does.
      const deciding = node.kind === 'or';
      const each = node.operands.map((operand) => mayMatch(operand, labels, unknown));
      return each.includes(deciding) ? deciding : each.includes(undefined) ? undefined : !deciding;
    }
    default:
      if (!labels.has(node.label) && unknown.some((prefix) => node.label.startsWith(prefix))) return undefined;
      return matches(node, labels);
  }
}

function compared(operator: Comparison, value: string | undefined, wanted: string): boolean {
  if (operator === '!=') return value !== wanted;
  if (value === undefined) return false;
  switch (operator) {
    case '==':
      return value === wanted;
    case 'contains':
      return value.includes(wanted);
    case 'starts with':
      return value.startsWith(wanted);
    case 'ends with':
      return value.endsWith(wanted);
  }
}

/** The selector in Calico's own writing; read again it is the same tree. */
export function format(node: Node): string {
  switch (node.kind) {
    case 'all':
      return 'all()';
    case 'global':
      return 'global()';
    case 'has':
      return `has(${node.label})`;
    case 'compare':
      return `${node.label} ${node.operator} ${quoted(node.value)}`;
    case 'set':
      return `${node.label} ${node.operator} {${[...node.values].sort().map(quoted).join(', ')}}`;
    case 'not':
      return `!${format(node.operand)}`;
    case 'and':
    case 'or':
      return `(${node.operands.map(format).join(node.kind === 'and' ? ' && ' : ' || ')})`;
  }
}

/** The same question about labels whose names begin with `prefix`: inherited ones carry `pcns.` and `pcsa.`. */
export function prefixed(node: Node, prefix: string): Node {
  switch (node.kind) {
    case 'all':
    case 'global':
      return node;
    case 'has':
    case 'compare':
    case 'set':
      return { ...node, label: prefix + node.label };
    case 'not':
      return { kind: 'not', operand: prefixed(node.operand, prefix) };
    case 'and':
    case 'or':
      return { kind: node.kind, operands: node.operands.map((operand) => prefixed(operand, prefix)) };
  }
}

/** Nothing can be escaped, so a text has one kind of quotes at most. */
function quoted(text: string): string {
  return text.includes('"') ? `'${text}'` : `"${text}"`;
}
