import assert from 'node:assert/strict';
import fc from 'fast-check';
import { portsText, viewOf } from '../../cli/reach/views.ts';
import type { Edge } from '../../reachability/index.ts';

const all = (['tcp', 'udp', 'sctp'] as const).map((proto) => ({ proto, first: 1, last: 65535 }));
const edge = (from: string, to: string, more: Partial<Edge> = {}): Edge => ({
  from,
  to,
  allow: all,
  some: [],
  ...more,
});

/** Titles of edges and texts of nodes, as they are drawn, by the class of the group that they are in; fails where the document is not well-formed. */
function namesIn(svg: string): Record<string, string[]> {
  const titles: Record<string, string[]> = {};
  const open: { name: string; class: string }[] = [];
  const body = svg.replace(/^<\?xml[^>]*\?>\s*<!DOCTYPE[^>]*>/, '');
  const token = /<!--(?:(?!--)[\s\S])*-->|<(\/?)([a-z]+)((?:\s+[a-zA-Z:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  for (let at = 0; at < body.length; at = token.lastIndex) {
    const found = token.exec(body);
    assert.ok(found, `not well-formed at: ${body.slice(at, at + 120)}`);
    const [, closes, name, attributes = '', alone, text] = found;
    if (text !== undefined) {
      assert.doesNotMatch(text, /&(?!(amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);)/i);
      const inside = open.at(-1);
      const group = open.at(-2)?.class ?? '';
      if (inside?.name === (group === 'node' ? 'text' : 'title'))
        titles[group] = [...(titles[group] ?? []), decoded(text)];
    } else if (name !== undefined && closes === '/') assert.equal(open.pop()?.name, name);
    else if (name !== undefined && alone === '') {
      open.push({ name, class: /class="([^"]*)"/.exec(attributes)?.[1] ?? '' });
    }
  }
  assert.deepEqual(open, []);
  return titles;
}

function decoded(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replaceAll(/&(?:#(\d+)|([a-z]+));/g, (_, code, name) =>
    code === undefined ? (named[name] as string) : String.fromCodePoint(Number(code)),
  );
}

describe('the picture of who reaches whom', () => {
  it('has a node for every end and an arrow for what is reached, dashed where it is so of some', async () => {
    const some = { allow: [], some: [{ proto: 'tcp' as const, first: 80, last: 80 }] };
    const edges = [edge('n/a', 'n/b'), edge('n/b', 'n/a', some), edge('n/c', 'n/a', { allow: [] })];
    const svg = (await viewOf('svg', 'table', edges)).join('\n');
    const { node, edge: arrows } = namesIn(svg);
    assert.deepEqual(node?.sort(), ['n/a', 'n/b', 'n/c']);
    assert.deepEqual(arrows?.sort(), ['n/a->n/b', 'n/b->n/a']);
    assert.equal(svg.match(/stroke-dasharray/g)?.length, 1);
    assert.match(svg, />tcp\/80\?</);
  });

  it('of nobody is a picture still', async () => {
    assert.deepEqual(namesIn((await viewOf('svg', 'table', [])).join('\n')).node, undefined);
  });

  it('bears any name that an end may have', async () => {
    const odd = fc.string({
      unit: fc.constantFrom('a', '<', '>', '&', '"', "'", '\\', 'n', 'N', '-', ']', ' ', 'ü'),
      minLength: 1,
      maxLength: 8,
    });
    // Blanks at the ends are not kept apart from names without them.
    const name = odd.filter((text) => text.trim() === text && !text.includes('  '));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 2, maxLength: 3 }), async ([from = '', ...to]) => {
        const svg = await viewOf(
          'svg',
          'from',
          to.map((end) => edge(`x${from}x`, `x${end}y`)),
        );
        const { node, edge: arrows } = namesIn(svg.join('\n'));
        assert.deepEqual(node?.sort(), [...new Set([`x${from}x`, ...to.map((end) => `x${end}y`)])].sort());
        assert.equal(arrows?.length, to.length);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the ports of a line', () => {
  const some = (...ranges: [proto: 'tcp' | 'udp' | 'sctp', first: number, last: number][]) =>
    ranges.map(([proto, first, last]) => ({ proto, first, last }));
  const whole = some(['udp', 1, 65535], ['sctp', 1, 65535]);
  for (const [allow, depends, words] of [
    [all, [], 'all'],
    [[], [], '-'],
    [some(['tcp', 80, 80], ['udp', 1, 65535]), [], 'tcp/80, all udp'],
    [[...some(['tcp', 1, 79], ['tcp', 81, 65535]), ...whole], [], 'all but tcp/80'],
    [[...some(['tcp', 1, 79], ['tcp', 82, 442], ['tcp', 444, 65535]), ...whole], [], 'all but tcp/80-81, tcp/443'],
    [some(['tcp', 1, 79], ['tcp', 81, 65535], ['udp', 1, 65535]), [], 'all but tcp/80, all sctp'],
    [some(['tcp', 1, 79], ['tcp', 81, 65535]), [], 'tcp/1-79, tcp/81-65535'],
    [
      [...some(['tcp', 1, 79], ['tcp', 81, 65535]), ...whole],
      some(['tcp', 80, 80]),
      'tcp/1-79, tcp/81-65535, all udp, all sctp, tcp/80?',
    ],
  ] as const) {
    it(`are ${words}`, () => assert.equal(portsText({ allow, some: depends }), words));
  }
});
