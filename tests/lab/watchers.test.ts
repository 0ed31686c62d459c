import assert from 'node:assert/strict';
import { watch } from 'node:fs';
import { watchersWayOut } from '../../lab/watchers.ts';

describe('instances of inotify', () => {
  it('that are used up are named with the limit and the way out', () => {
    const said = watchersWayOut(128, 125) ?? '';
    assert.match(said, /^fs\.inotify\.max_user_instances is 128, and root has 125 in use/);
    assert.match(said, /`sysctl -w fs\.inotify\.max_user_instances=1024`.*`npx calispray lab down`/);
  });

  it('are no reason where a node finds room, or nothing is limited', () => {
    assert.equal(watchersWayOut(128, 100), undefined);
    assert.equal(watchersWayOut(Number.POSITIVE_INFINITY, 5000), undefined);
  });

  it('are counted as they are held', () => {
    const own = watch('/');
    try {
      assert.match(watchersWayOut(1) ?? '', /root has [1-9]\d* in use/);
    } finally {
      own.close();
    }
  });
});
