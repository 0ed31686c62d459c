import assert from 'node:assert/strict';
import { renderInventory, subjectOf } from '../../kubespray/index.ts';
import { judge } from '../../policies/rules/index.ts';
import { clusterOf } from '../support/stacks.ts';
import { spec } from './support/corpus.ts';

/** What goes to the command line with one node of that system; `undefined` for a node that does not say. */
function packagesFor(os: string | undefined, wireguard = true, other?: string): unknown {
  const value = structuredClone(spec('wireguard-rocky-9')) as {
    nodes: Record<string, { os?: string }>;
    network: { wireguard: boolean };
  };
  value.network.wireguard = wireguard;
  for (const node of Object.values(value.nodes)) delete node.os;
  if (os !== undefined) Object.assign(value.nodes.two ?? {}, { os });
  if (other !== undefined) Object.assign(value.nodes.one ?? {}, { os: other });
  const { files, extraVars } = renderInventory(clusterOf(value));
  const file = files['extra-vars.json'];
  assert.deepEqual(file === undefined ? {} : JSON.parse(file), extraVars);
  return extraVars.calico_wireguard_packages;
}

describe('packages of WireGuard', () => {
  it('go to the command line where kubespray would install others, or none', () => {
    const systems = ['almalinux-9', 'ol-9', 'rhel-10', 'rocky-10', 'rocky-10.1', 'almalinux-10', 'ol-10', 'centos-10'];
    for (const os of [...systems, 'amzn-2023', 'opensuse-leap-15.6', 'opensuse-tumbleweed-20260101', 'sles-15.6']) {
      assert.deepEqual(packagesFor(os), ['wireguard-tools'], os);
    }
  });

  it('are left to kubespray where it knows them, and where nobody said the system', () => {
    const systems = [
      'debian-12',
      'debian-13',
      'ubuntu-24.04',
      'rocky-9',
      'rocky-9.5',
      'rhel-9',
      'centos-9',
      'fedora-42',
    ];
    // Release 8 has no WireGuard in its kernel: redhat.yml is right there.
    for (const os of [...systems, 'almalinux-8', 'rocky-8', 'amzn-2', undefined]) {
      assert.equal(packagesFor(os), undefined, os);
    }
  });

  it('are not made one list for systems that need different ones: that is refused', () => {
    assert.equal(packagesFor('almalinux-10', true, 'rocky-8'), undefined);
    const value = structuredClone(spec('wireguard-mixed')) as { nodes: Record<string, object> };
    Object.assign(value.nodes.ubuntu ?? {}, { os: 'rocky-8' });
    const codes = judge(subjectOf(clusterOf(value))).map(({ code, path }) => `${code} ${path}`);
    assert.ok(codes.includes('wireguard-packages nodes.alma.os'), String(codes));
  });

  it('are nothing without WireGuard', () => {
    assert.equal(packagesFor('almalinux-10', false), undefined);
  });
});
