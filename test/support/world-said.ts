// What a claim said, also when it says something else by now: what is soon tried again, or ends by itself, may be over before
// a busy machine looks.
import { claimKinds, conditionOf, type Thing } from './world-things.ts';
import type { World } from './world.ts';

interface Said {
  readonly type: string;
  readonly status: string;
  /** Absent: any. */
  readonly reason?: string;
}

/** Resolves with the first version of the claim whose condition said so. */
export function untilSaid(world: World, name: string, { type, status, reason }: Said): Promise<Thing> {
  return world.until(`${type} of claim "${name}" was ${status}/${reason ?? 'any'}`, () =>
    claimKinds
      .flatMap((kind) => world.history.versions(kind, name))
      .map(({ thing }) => thing)
      .find((thing) => {
        const said = conditionOf(thing, type);
        return said?.status === status && (reason === undefined || said.reason === reason);
      }),
  );
}
