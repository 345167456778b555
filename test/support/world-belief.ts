// When the controller knows enough to take the deletion of a Node for a person's: what is true in Azure is not what it knows.
import type { World, WorldOptions } from './world.ts';

/**
 * In which persons delete Nodes: these are old at once, and the pools are listed often, also at rest. It goes slowly: what
 * nobody could explain within a minute is the platform's doing, and a busy machine needs seconds for a look and a question.
 */
export const grown = {
  rate: 6,
  env: { YOUNG_NODE: '1s', ARM_POLL_IDLE: '15s' },
} as const satisfies WorldOptions;

/** Resolves when its gate is open, and it has read that Azure is done, which it is by now. */
export async function untilPersonIsBelieved(world: World): Promise<void> {
  await world.until('the gate is open', async () =>
    (await world.controller.health('/readyz?verbose')).body.includes('gate ok (not required): open'),
  );
  const earlier = world.calls('LIST').length;
  await world.until('the controller has read a whole list of the pools since', () => {
    const later = world.calls('LIST').slice(earlier);
    const first = later.findIndex(({ path }) => !path.includes('skipToken'));
    return first >= 0 && later.slice(first + 1).some(({ status }) => status === 200);
  });
}
