// Time that is long and in which a controller is to stay the same: what only it remembers must outlive the wait.
import type { KubeRequest } from './world-proxy.ts';
import type { World } from './world.ts';

// A lease that was renewed just now is proved for 10 s, and after 2 s renewed again: half of its time is left for that.
const stepMs = 5000;

/** When the lease was renewed, by the clock of whoever did it; NaN for any other request. */
function renewedMs({ method, path, status, body }: KubeRequest): number {
  if (method === 'GET' || !path.includes('/leases/') || status !== 200) return Number.NaN;
  return Date.parse(/"renewTime":"(?<time>[^"]+)"/u.exec(body)?.groups?.['time'] ?? '');
}

/**
 * The world's time passes in steps until it is so, each as soon as the controller has renewed its lease since the one before;
 * where it has none, a step a look: whoever learns of the world late has as much of its time left. Resolves like `until`.
 */
export async function hurryUntil(world: World, what: string, isSo: () => boolean): Promise<void> {
  const isRenewedSince = (ms: number): boolean =>
    world.controller.api.requests.some((request) => renewedMs(request) > ms);
  const hasLease = isRenewedSince(0);
  await world.until(what, async () => {
    if (isSo()) return true;
    // Whoever renewed it before it knew of the jump wrote a time before this one, also when its answer came later.
    const middleMs = world.clock.now().getTime() + stepMs / 2;
    world.clock.jump(stepMs);
    await world.until('the lease is renewed', () => !hasLease || isRenewedSince(middleMs));
    return isSo();
  });
}
