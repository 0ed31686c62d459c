import assert from 'node:assert/strict';
import { cgroupTable, planCgroups, planOwnCgroups } from '../../lab/cgroups.ts';

const versionOne = `36 31 0:33 / /sys/fs/cgroup/devices rw,relatime - cgroup cgroup rw,devices
37 31 0:34 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
`;

describe('cgroups of a node', () => {
  it('are children of our own, in every hierarchy of version 1', () => {
    const self = '12:hugetlb:/\n9:name=systemd:/user.slice\n5:devices:/\n2:cpu,cpuacct:/user.slice\n0::/user.slice\n';
    assert.deepEqual(planCgroups('n', self, versionOne), [
      { type: 'cgroup', options: 'none,name=systemd', mount: 'systemd', dir: '/sys/fs/cgroup/systemd/user.slice/n' },
      { type: 'cgroup', options: 'devices', mount: 'devices', dir: '/sys/fs/cgroup/devices/n' },
      { type: 'cgroup', options: 'cpu,cpuacct', mount: 'cpu,cpuacct', dir: '/sys/fs/cgroup/cpu,cpuacct/user.slice/n' },
      { type: 'cgroup2', options: '-', mount: 'unified', dir: '/sys/fs/cgroup/unified/user.slice/n' },
    ]);
  });

  it('are one directory where there is version 2 alone', () => {
    const mounts = '30 25 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n';
    assert.deepEqual(planCgroups('n', '0::/user.slice/session-1.scope\n', mounts), [
      { type: 'cgroup2', options: '-', mount: '.', dir: '/sys/fs/cgroup/user.slice/session-1.scope/n' },
    ]);
  });

  it('take off what a container’s mount already is below', () => {
    const mounts = '30 25 0:26 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup rw\n';
    assert.equal(planCgroups('n', '0::/docker/abc\n', mounts)[0]?.dir, '/sys/fs/cgroup/n');
    assert.equal(planCgroups('n', '0::/docker/abc/x\n', mounts)[0]?.dir, '/sys/fs/cgroup/x/n');
    assert.equal(planCgroups('n', '0::/docker/abcdef\n', mounts)[0]?.dir, '/sys/fs/cgroup/n', 'another container');
  });

  it('are none without a cgroup file system', () => {
    assert.deepEqual(planCgroups('n', '0::/\n', '27 1 254:0 / / rw - ext4 /dev/vda rw\n'), []);
  });

  it('are written one a line for the shell', () => {
    const [first, second] = planCgroups('n', '5:devices:/\n0::/\n', versionOne);
    assert.ok(first && second);
    assert.equal(
      cgroupTable([first, second]),
      'cgroup devices devices /sys/fs/cgroup/devices/n\ncgroup2 - unified /sys/fs/cgroup/unified/n\n',
    );
  });

  it('are there on this machine', () => assert.ok(planOwnCgroups('n').length > 0));
});
