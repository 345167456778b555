// What a claim said, also when it says something else by now: what is soon tried again, or ends by itself, may be over before
// a busy machine looks.
import { claimKinds, says, type Said, type Thing } from './world-things.ts';
import type { World } from './world.ts';

/** Resolves with the first version of the claim whose condition said so. */
export function untilSaid(world: World, name: string, said: Said): Promise<Thing> {
  return world.until(`${said.type} of claim "${name}" was ${said.status}/${said.reason ?? 'any'}`, () =>
    claimKinds
      .flatMap((kind) => world.history.versions(kind, name))
      .map(({ thing }) => thing)
      .find((thing) => says(thing, said)),
  );
}
