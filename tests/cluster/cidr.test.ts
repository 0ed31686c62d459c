import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  address6Number,
  addressNumber,
  contains,
  familyOf,
  isAddress,
  isAddress6,
  overlaps,
  range,
  range6,
  withoutHostBits,
} from '../../cluster/cidr.ts';

const address4 = fc
  .integer({ min: 0, max: 2 ** 32 - 1 })
  .map((n) => [24, 16, 8, 0].map((s) => (n >>> s) & 255).join('.'));
const number6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });

/** The eight groups written out, the plainest way of writing. */
const written6 = (n: bigint) =>
  Array.from({ length: 8 }, (_, i) => ((n >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(':');
const mapped = (n: bigint) => n >> 32n === 0xffffn;

describe('IPv4 ranges', () => {
  const cidr = fc.tuple(address4, fc.integer({ min: 0, max: 32 })).map(([address, prefix]) => `${address}/${prefix}`);

  it('hold the address they are written with, and begin at a multiple of their size', () => {
    fc.assert(
      fc.property(cidr, (text) => {
        const found = range(text);
        const inside = addressNumber(text.split('/')[0]);
        assert.ok(found !== undefined && inside !== undefined);
        const size = found.last - found.first + 1;
        assert.equal(size, 2 ** (32 - found.prefix));
        assert.ok(found.first <= inside && inside <= found.last);
        assert.equal(found.first % size, 0);
        assert.deepEqual(range(withoutHostBits(text)), found);
      }),
    );
  });

  it('overlap exactly where one holds the other', () => {
    fc.assert(
      fc.property(cidr, cidr, (a, b) => {
        const [x, y] = [range(a), range(b)];
        assert.ok(x !== undefined && y !== undefined);
        assert.equal(overlaps(x, y), contains(x, y) || contains(y, x));
        assert.equal(overlaps(x, y), overlaps(y, x));
      }),
    );
  });

  it('are none in any other writing', () => {
    const none = ['10.0.0.0', '10.0.0/8', '10.0.0.0/33', '0x0a000000/8', 'fd00::/8', '', ' 10.0.0.0/8', 7, null];
    for (const text of none) assert.equal(range(text), undefined, String(text));
    assert.equal(addressNumber(7), undefined);
    assert.equal(addressNumber(undefined), undefined);
    const [a, b] = [range('10.0.0.0/32'), range('10.0.0.0/31')];
    assert.ok(a !== undefined && b !== undefined);
    assert.deepEqual([overlaps(a, b), overlaps(b, a), overlaps(a, a)], [true, true, true]);
    assert.equal(addressNumber('10.0.0.256'), undefined);
  });
});

describe('IPv6 ranges', () => {
  it('are read whatever way they are written', () => {
    assert.equal(address6Number('::'), 0n);
    assert.equal(address6Number('fd00::1'), (0xfd00n << 112n) + 1n);
    assert.equal(address6Number('FD00:0:0::0001'), address6Number('fd00::1'));
    fc.assert(
      fc.property(number6, (n) => {
        fc.pre(!mapped(n));
        assert.equal(address6Number(written6(n)), n);
      }),
    );
  });

  it('hold the address they are written with, and begin at a multiple of their size', () => {
    fc.assert(
      fc.property(number6, fc.integer({ min: 0, max: 128 }), (n, prefix) => {
        fc.pre(!mapped(n));
        const found = range6(`${written6(n)}/${prefix}`);
        assert.ok(found !== undefined);
        const size = 2n ** BigInt(128 - prefix);
        assert.deepEqual([found.prefix, found.last - found.first + 1n, found.first % size], [prefix, size, 0n]);
        assert.ok(found.first <= n && n <= found.last);
      }),
    );
  });

  it('overlap exactly where one holds the other', () => {
    const cidr = fc.tuple(number6, fc.integer({ min: 0, max: 128 })).filter(([n]) => !mapped(n));
    fc.assert(
      fc.property(cidr, cidr, ([m, p], [n, q]) => {
        const [x, y] = [range6(`${written6(m)}/${p}`), range6(`${written6(n)}/${q}`)];
        assert.ok(x !== undefined && y !== undefined);
        assert.equal(overlaps(x, y), contains(x, y) || contains(y, x));
      }),
    );
    const [outer, inner] = [range6('fd00:244::/48'), range6('fd00:244:0:5::/64')];
    assert.ok(outer !== undefined && inner !== undefined);
    assert.deepEqual([contains(outer, inner), contains(inner, outer)], [true, false]);
  });

  it('lose their host bits in the shortest writing', () => {
    assert.equal(withoutHostBits('fd00:244:0:0::7/48'), 'fd00:244::/48');
    assert.equal(withoutHostBits('10.244.3.1/16'), '10.244.0.0/16');
  });

  it('are none in any other writing', () => {
    const none = [
      'fd00::',
      'fd00::/129',
      'fd00::/',
      'fd00::%eth0/64',
      '10.0.0.0/8',
      '::ffff:10.0.0.0/104',
      'fd00::g/8',
      '',
      7,
    ];
    for (const text of none) assert.equal(range6(text), undefined, String(text));
    assert.equal(address6Number(undefined), undefined);
    // One host's own, and one that Go takes for IPv4.
    for (const text of ['fe80::1%eth0', '::ffff:10.0.0.1']) assert.equal(isAddress6(text), false, text);
  });

  it('are told from IPv4 by how they are written', () => {
    assert.deepEqual(['10.0.0.1', '10.0.0.0/8', 'fd00::1', 'fd00::/8', '::', 'ten', '10.0.0.0/64'].map(familyOf), [
      4,
      4,
      6,
      6,
      6,
      undefined,
      undefined,
    ]);
    assert.deepEqual(
      [isAddress('10.0.0.1'), isAddress('::'), isAddress6('::'), isAddress6('10.0.0.1')],
      [true, false, true, false],
    );
  });
});
