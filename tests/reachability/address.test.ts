import assert from 'node:assert/strict';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { contains, keyOf, parseAddress, parseNet, parseNetOrAddress } from '../../reachability/address.ts';

const v4 = fc.ipV4();
// The other reader takes `::10.0.0.1` for IPv4; Go does not.
const v6 = fc.ipV6().filter((text) => !text.includes('%') && !text.includes('.'));

describe('an address', () => {
  it('is read as another reader reads it', () => {
    fc.assert(
      fc.property(fc.oneof(v4, v6), (text) => {
        const other = ipaddr.process(text);
        const read = parseAddress(text);
        assert.ok(read, text);
        assert.equal(read.family, other.kind() === 'ipv4' ? 4 : 6);
        const bytes = read.words.flatMap((word) => [24, 16, 8, 0].map((shift) => (word >>> shift) & 255));
        assert.deepEqual(bytes, other.toByteArray(), text);
      }),
      { numRuns: 1000 },
    );
  });

  it('lies in a net as another reader says', () => {
    fc.assert(
      fc.property(fc.oneof(fc.tuple(v4, v4, fc.nat(32)), fc.tuple(v6, v6, fc.nat(128))), ([a, b, prefix]) => {
        const [inside, of] = [ipaddr.parse(a), ipaddr.parse(b)];
        const net = parseNet(`${b}/${prefix}`);
        const address = parseAddress(a);
        fc.pre(net !== undefined && address !== undefined && net.family === address.family);
        assert.equal(contains(net, address), inside.match(of as never, prefix));
        assert.equal(contains(net, parseAddress(b) as never), true);
      }),
      { numRuns: 1000 },
    );
  });

  it('of IPv6 may end as one of IPv4 does', () => {
    assert.deepEqual(parseAddress('fd00::10.0.0.1'), parseAddress('fd00::a00:1'));
    assert.equal(parseAddress('::10.0.0.1')?.family, 6);
  });

  it('has one key however it is written', () => {
    const keys = ['::1', '0:0::1', '0:0:0:0:0:0:0:1'].map((text) => keyOf(parseAddress(text) as never));
    assert.equal(new Set(keys).size, 1);
    assert.equal(keyOf(parseAddress('::ffff:10.0.0.1') as never), keyOf(parseAddress('10.0.0.1') as never));
  });

  for (const text of [
    '',
    '10.0.0',
    '10.0.0.01',
    '10.0.0.256',
    '0x0a.0.0.1',
    '10.1',
    'fe80::1%eth0',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'a',
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(parseAddress(text), undefined));
  }
  for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/08', '10.0.0.0/', '::/129', 'x/8']) {
    it(`${JSON.stringify(text)} is no net`, () => assert.equal(parseNet(text), undefined));
  }
  it('is a net of its own where one is wanted', () => {
    assert.equal(parseNetOrAddress('10.0.0.1')?.prefix, 32);
    assert.equal(parseNetOrAddress('fd00::1')?.prefix, 128);
  });
});
