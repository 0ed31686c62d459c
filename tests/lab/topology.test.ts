import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hostsFile, machines, netnsPath, nodes, resolveLabName, scopeName } from '../../lab/topology.ts';

describe('the lab’s names', () => {
  it('come from the argument, then from CALISPRAY_LAB, then are "lab"', () => {
    assert.equal(resolveLabName('mine', { CALISPRAY_LAB: 'other' }), 'mine');
    assert.equal(resolveLabName(undefined, { CALISPRAY_LAB: 'other' }), 'other');
    assert.equal(resolveLabName(undefined, { CALISPRAY_LAB: '' }), 'lab');
    assert.equal(resolveLabName(undefined, {}), 'lab');
  });

  it('never leave their folder, whatever is asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aZ09-./ \n:,') }), (name) => {
        try {
          assert.match(resolveLabName(name, {}), /^[a-z0-9][a-z0-9-]*$/);
        } catch (error) {
          assert.match(String(error), /lab-name/);
        }
      }),
    );
  });

  it('refuse what does not fit, with the variable to change', () => {
    for (const name of ['', 'Lab', '../x', 'a/b', '-a', 'a-', 'a'.repeat(25)]) {
      assert.throws(() => resolveLabName(name, {}), /refused lab-name at CALISPRAY_LAB/);
    }
  });

  it('are one network namespace a machine', () => {
    assert.equal(scopeName('lab', 'masternode'), 'calispray-lab-masternode');
    assert.equal(netnsPath('lab', 'router'), '/run/netns/calispray-lab-router');
  });

  it('keep to the reference cluster’s addresses', () => {
    const addresses = Object.fromEntries(machines.map((machine) => [machine.name, machine.address]));
    assert.deepEqual(addresses, {
      router: '192.168.4.1',
      workstation: '192.168.4.10',
      masternode: '192.168.4.63',
      storagenodet3500: '192.168.4.61',
      homelab: '192.168.4.62',
    });
    for (const node of nodes) assert.match(hostsFile(), new RegExp(`^${node.address} ${node.name}$`, 'm'));
  });
});
