// Time that is long and in which a controller is to stay the same: what only it remembers must outlive the wait.
import type { KubeRequest } from './world-proxy.ts';
import type { World } from './world.ts';

// A lease that was renewed just now is proved for 10 s, and after 2 s renewed again: half of its time is left for that.
const stepMs = 5000;
/** Of the world: whatever is waited for comes sooner. */
const longestMs = 3_600_000;

const isRenewal = ({ method, path, status }: KubeRequest): boolean =>
  method !== 'GET' && path.includes('/leases/') && status === 200;

/**
 * The world's time passes in steps, each as soon as the controller has renewed its lease since the one before; where it has
 * none, as fast as one looks. Resolves like `until`, however slow the machine is.
 */
export async function hurryUntil(world: World, what: string, isSo: () => boolean): Promise<void> {
  const renewals = (): number => world.controller.api.requests.filter(isRenewal).length;
  for (let passedMs = 0; passedMs < longestMs && !isSo(); passedMs += stepMs) {
    const before = renewals();
    world.clock.jump(stepMs);
    await world.until('the lease is renewed', () => before === 0 || renewals() > before);
  }
  await world.until(what, isSo);
}
