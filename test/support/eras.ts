// Claims of both kinds on the lifecycle fixture, from nothing to Ready, for what must hold in both eras.
import type { Claim, ClaimKind, Condition } from '../../src/apis/claim.ts';
import { conditionOf } from '../../src/apis/conditions.ts';
import { checkObject } from '../../src/kube/answer.ts';
import { nodes } from '../../src/apis/resource.ts';
import type { Node } from '../../src/apis/wire.ts';
import { aMachine, aNode, type MachineOptions, type NodeOptions } from './claim-builders.ts';
import { playLifecycle, type LifecyclePlay, type PlayOptions } from './lifecycle-fixture.ts';

export const kinds: readonly ClaimKind[] = ['Machine', 'NodeClaim'];

const plurals = { Machine: 'machines', NodeClaim: 'nodeclaims' } as const;

export interface Era extends LifecyclePlay {
  readonly kind: ClaimKind;
  readonly name: string;
  /** Of the claim, as it is now. */
  now(): Claim;
  /** `Launched` is `MachineLaunched` on a Machine. */
  condition(type: 'Launched' | 'Registered' | 'Initialized' | 'Ready'): Condition | undefined;
  /** Its Node as it is now. */
  node(name?: string): Node;
  /** A person deletes the claim. */
  deleteClaim(): void;
  exists(): boolean;
  /** Azure made the pool; without its Node. */
  settle(): void;
  /** The Node joins, unless `options` say otherwise as a Ready one. */
  nodeJoins(options?: NodeOptions): void;
  /** Another state of the same Node. */
  change(node: (before: Node) => Node): void;
  callsOf(operation: string): readonly string[];
}

interface EraOptions extends Pick<PlayOptions, 'policies' | 'counts'> {
  readonly before?: (play: LifecyclePlay) => void | Promise<void>;
}

/** A claim of this kind that was created a moment ago, under a controller that runs; `before` it is, tests may prepare. */
export async function begin(
  kind: ClaimKind,
  { policies = {}, counts = {}, before, ...options }: MachineOptions & EraOptions = {},
): Promise<Era> {
  const play = playLifecycle({ kind, policies, counts });
  await before?.(play);
  const machine = aMachine({ createdAt: 0, status: { conditions: [] }, ...options });
  const { name } = machine;
  const plural = plurals[kind];
  const nodeName = aNode().metadata.name;
  const nodeOf = (which: string): Node => checkObject(play.kube.find('nodes', which), nodes, 'read');
  play.run();
  await play.clock.advance(0);
  play.create({ ...machine, kind });
  await play.clock.advance(2000);
  return {
    ...play,
    kind,
    name,
    now: () => play.claim(name),
    condition: (type) =>
      conditionOf(
        play.claim(name).status.conditions,
        type === 'Ready' || kind === 'NodeClaim' ? type : `Machine${type}`,
      ),
    node: (which = nodeName) => nodeOf(which),
    deleteClaim: () => play.kube.remove(plural, name),
    exists: () => play.kube.has(plural, name),
    settle: () => play.arm.change(name, { phase: 'settled', state: 'Succeeded' }),
    nodeJoins: (node = {}) => play.join(aNode({ pool: name, createdAt: 1, ...node })),
    change: (next) => play.join(next(nodeOf(nodeName))),
    callsOf: (operation) => play.arm.calls.filter((call) => call.startsWith(operation)),
  };
}

/** The same, with its pool settled and a Node that has just joined and was seen. */
export async function joined(
  kind: ClaimKind,
  options: MachineOptions & EraOptions = {},
  node: NodeOptions = {},
): Promise<Era> {
  const era = await begin(kind, options);
  era.settle();
  era.nodeJoins(node);
  await era.clock.advance(20_000);
  return era;
}
