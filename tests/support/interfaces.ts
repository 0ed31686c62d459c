/**
 * The interfaces of a folder, read as they are written: their fields with type and comment. Only what `resources/` uses is understood, and
 * anything else is an error, so that nothing is passed over.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export type Shape =
  | { readonly is: 'string' | 'number' | 'boolean' }
  /** Of words, numbers, or both. */
  | {
      readonly is: 'words';
      readonly words: readonly (string | number)[];
      readonly more: readonly ('string' | 'number')[];
    }
  | { readonly is: 'number or string' }
  | { readonly is: 'list' | 'map'; readonly of: Shape }
  | { readonly is: 'fields'; readonly fields: ReadonlyMap<string, Member> };

export interface Member {
  readonly shape: Shape;
  readonly optional: boolean;
  /** Empty where there is none. */
  readonly comment: string;
  readonly place: string;
}

type Declared = ts.InterfaceDeclaration | ts.TypeAliasDeclaration;
type Bound = ReadonlyMap<string, Shape>;

export class Interfaces {
  readonly #declared = new Map<string, Declared>();

  constructor(folder: string) {
    for (const file of globSync('**/*.ts', { cwd: folder })) {
      const source = ts.createSourceFile(file, readFileSync(join(folder, file), 'utf8'), ts.ScriptTarget.Latest, true);
      for (const statement of source.statements) {
        if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
          this.#declared.set(statement.name.text, statement);
        }
      }
    }
  }

  get names(): string[] {
    return [...this.#declared.keys()];
  }

  /** Fields of an interface, those that it extends among them. */
  fields(name: string, bound: Bound = new Map()): ReadonlyMap<string, Member> {
    const declared = this.#declared.get(name);
    if (declared === undefined || !ts.isInterfaceDeclaration(declared))
      throw new Error(`there is no interface ${name}`);
    const fields = new Map<string, Member>();
    for (const clause of declared.heritageClauses ?? []) {
      for (const type of clause.types) {
        const parent = type.expression.getText();
        const inherited = this.fields(parent, this.#parameters(parent, type.typeArguments ?? [], bound));
        for (const [field, member] of inherited) fields.set(field, member);
      }
    }
    for (const member of declared.members) {
      if (!ts.isPropertySignature(member) || member.type === undefined) throw new Error(`${name}: ${member.getText()}`);
      const field = ts.isStringLiteral(member.name) ? member.name.text : member.name.getText();
      const optional = member.questionToken !== undefined;
      const shape = this.#shape(member.type, bound);
      fields.set(field, { shape, optional, comment: commentOf(member), place: `${name}.${field}` });
    }
    return fields;
  }

  #parameters(name: string, given: readonly ts.TypeNode[], bound: Bound): Bound {
    const parameters = this.#declared.get(name)?.typeParameters ?? [];
    return new Map(parameters.map((each, i) => [each.name.text, this.#shape(given[i] as ts.TypeNode, bound)]));
  }

  #shape(type: ts.TypeNode, bound: Bound): Shape {
    if (type.kind === ts.SyntaxKind.StringKeyword) return { is: 'string' };
    if (type.kind === ts.SyntaxKind.NumberKeyword) return { is: 'number' };
    if (type.kind === ts.SyntaxKind.BooleanKeyword) return { is: 'boolean' };
    if (ts.isArrayTypeNode(type)) return { is: 'list', of: this.#shape(type.elementType, bound) };
    if (ts.isLiteralTypeNode(type) || ts.isUnionTypeNode(type)) return this.#union(type, bound);
    if (!ts.isTypeReferenceNode(type)) throw new Error(`a type of another kind: ${type.getText()}`);
    const name = type.typeName.getText();
    const given = type.typeArguments ?? [];
    const own = bound.get(name);
    if (own !== undefined) return own;
    if (name === 'Input') return this.#shape(given[0] as ts.TypeNode, bound);
    if (name === 'List') return { is: 'list', of: this.#shape(given[0] as ts.TypeNode, bound) };
    if (name === 'Record') return { is: 'map', of: this.#shape(given[1] as ts.TypeNode, bound) };
    const declared = this.#declared.get(name);
    if (declared === undefined) throw new Error(`there is no type ${name}`);
    const inner = this.#parameters(name, given, bound);
    return ts.isTypeAliasDeclaration(declared)
      ? this.#shape(declared.type, inner)
      : { is: 'fields', fields: this.fields(name, inner) };
  }

  #union(type: ts.TypeNode, bound: Bound): Shape {
    const words: (string | number)[] = [];
    const more: ('string' | 'number')[] = [];
    for (const part of ts.isUnionTypeNode(type) ? type.types : [type]) {
      if (ts.isLiteralTypeNode(part) && ts.isStringLiteral(part.literal)) words.push(part.literal.text);
      else if (ts.isLiteralTypeNode(part) && ts.isNumericLiteral(part.literal)) words.push(Number(part.literal.text));
      else {
        const shape = this.#shape(part, bound);
        if (shape.is !== 'string' && shape.is !== 'number')
          throw new Error(`a union of another kind: ${type.getText()}`);
        more.push(shape.is);
      }
    }
    return words.length === 0 && more.length === 2 ? { is: 'number or string' } : { is: 'words', words, more };
  }
}

function commentOf(node: ts.Node): string {
  return ts
    .getJSDocCommentsAndTags(node)
    .map((each) => {
      const tags = ts.isJSDoc(each) ? (each.tags ?? []).map((tag) => ts.getTextOfJSDocComment(tag.comment) ?? '') : [];
      return [ts.getTextOfJSDocComment(each.comment as string) ?? '', ...tags].join(' ');
    })
    .join(' ')
    .trim();
}
