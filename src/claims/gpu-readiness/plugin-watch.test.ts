import { describe, expect, onTestFinished, test } from 'vitest';
import { aDevicePlugin } from '../../../test/support/daemon-sets.ts';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { silent } from '../../../test/support/kube-fixture.ts';
import { MemoryKube } from '../../../test/support/memory-kube.ts';
import { PluginWatch } from './plugin-watch.ts';

const interval = 30_000;

function run() {
  const clock = new FakeClock();
  const kube = new MemoryKube(clock, () => undefined);
  const watch = new PluginWatch({ kube, clock, log: silent });
  const told: string[] = [];
  watch.subscribe((pool) => told.push(pool));
  const stop = new AbortController();
  const running = watch.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  return { clock, kube, watch, told };
}

describe('PluginWatch', () => {
  test('while nobody lacks GPUs nothing is asked', async () => {
    const { clock, kube } = run();
    await clock.advance(120 * interval);
    expect(kube.reads).toEqual([]);
  });

  test('who asks is told once a list is in, and finds the device plugins of it', async () => {
    const { clock, kube, told, watch } = run();
    kube.put('daemonsets', aDevicePlugin());
    kube.put('daemonsets', aDevicePlugin({ name: 'kube-proxy', image: 'kube-proxy:1' }));
    expect(watch.ask('wsa')).toBeUndefined();
    await clock.advance(interval);
    expect(told).toEqual(['wsa']);
    expect(watch.ask('wsa')?.map(({ name }) => name)).toEqual(['kube-system/nvidia-device-plugin-daemonset']);
  });

  test('when nobody asks any more, the list is forgotten', async () => {
    const { clock, kube, watch } = run();
    watch.ask('wsa');
    await clock.advance(3 * interval);
    expect(kube.reads).toEqual(['list daemonsets']);
    expect(watch.ask('wsa')).toBeUndefined();
  });

  test('a list that fails leaves everything unknown, and who asked is told all the same', async () => {
    const { clock, kube, told, watch } = run();
    kube.unserved.add('daemonsets');
    watch.ask('wsa');
    await clock.advance(interval);
    expect(told).toEqual(['wsa']);
    expect(watch.ask('wsa')).toBeUndefined();
  });
});
