import { Document, isCollection, isScalar, Scalar, visit } from 'yaml';
import { plainScalar } from './yaml-scalars.ts';

/** A map or list up to this many letters stands on one line. */
const SHORT = 90;

/** The value as text: the way somebody would write it, nodes and small maps on a line each. */
export function valueText(value: Readonly<Record<string, unknown>>): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Collection(_key, node, path) {
      // The value itself, its sections, and what holds a line for each of many.
      const above = path.filter(isCollection).length;
      if (above < 2 || JSON.stringify(node.toJSON()).length > SHORT) return undefined;
      node.flow = true;
      return visit.SKIP;
    },
  });
  visit(document, {
    Scalar(_key, node) {
      // Other readers of YAML, Pulumi's and Ansible's among them, take some texts for numbers or booleans.
      if (isScalar(node) && typeof node.value === 'string' && isAmbiguous(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function isAmbiguous(text: string): boolean {
  return (
    plainScalar(text) !== text ||
    /^(y|n|yes|no|on|off)$/i.test(text) ||
    (/^[-+.]?[0-9][0-9_.:,exobEXOB+-]*$/.test(text) && !/^\d+(\.\d+){3}/.test(text))
  );
}

/** The same as the file of a stack. */
export function stackText(value: Readonly<Record<string, unknown>>, heading: readonly string[]): string {
  const indented = valueText(value).replace(/^(?=.)/gm, '    ');
  return `${commented(heading)}config:\n  calispray:cluster:\n${indented}`;
}

/** The same as a file that holds just the cluster. */
export function specText(value: Readonly<Record<string, unknown>>, heading: readonly string[]): string {
  return `${commented(heading)}${valueText(value)}`;
}

function commented(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}\n`).join('');
}
