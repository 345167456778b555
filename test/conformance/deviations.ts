// Where we differ from the checklist, and why we may.
import type { Deviations } from './coverage.ts';

const ids = (text: string): readonly string[] => text.split(' ');

/** The only lines that may have a reason instead of a test, by what excuses them. */
const grounds = {
  gpuProvisionerDiffersItself: [
    // Its Azure code returns none of the errors that these are about.
    ...ids('K29-LA04 K17-LA04 K17-LA05 K17-LA06 K29-NT12'),
    // Each of its Machines is linked at launch, which turns the sync off.
    ...ids('K29-RE05 K29-RE06 K29-RE07 K29-RE08 K29-RE09'),
    ...ids('K29-MT05 K29-GC01 K29-GC02 K29-CO02'),
    // Patched out of the Karpenter that it carries.
    ...ids('K17-RE06 K17-RE16 K17-RE17 K17-HE12 K17-HE13 K17-HE14'),
    ...ids('K17-LI01 K17-LI02 K17-LI03 K17-LI04 K17-LI05 K17-LI06 K17-LI07 K17-LI08 K17-LI09'),
    ...ids('K17-EX01 K17-EX02 K17-EX03 K17-EX04 K17-EX05 K17-EX06 K17-EX07 K17-EX08 K17-EX09'),
    // Computed, and not written.
    ...ids('K17-FI03 K17-FI04 K17-CT03 K17-CT06'),
  ],
  // The claim is a person's or KAITO's, and is never deleted because of a failure: KAITO would buy another node, for ever.
  claimsAreNeverDeletedOnFailure: ids('K29-LI02 K29-LI03'),
  // A pool whose absence is proved takes its Node objects along. A kubelet that is gone stays Ready for most of a minute.
  onlyAzureSaysWhatExists: ids('K17-NT19'),
  pricing: ids('GPM26 GPM27'),
  // Its cache of offerings is filled by nobody, and its dynamic SKU cache is parsed and read by nobody.
  unusedInBothEras: ids('GPM28 GPM29 GPN49 GPN50 GPN54'),
};

export const mayDiffer: ReadonlySet<string> = new Set(Object.values(grounds).flat());

const because = (reason: string, ...lines: readonly string[]): readonly (readonly [string, string])[] =>
  lines.flatMap(ids).map((id) => [id, reason]);

const kept =
  'the claim is kept and says what is wrong; whoever made it decides. A claim that goes makes KAITO buy another node';
const noNodePools = 'there are no NodePools here, and so nothing to note their health on';

export const deviations: Deviations = new Map([
  ...because(kept, 'K29-LA04 K17-LA04', 'K29-LI02 K29-LI03 K17-LI01 K17-LI04'),
  ...because('the claim is kept, and its instance is made again', 'K29-GC01 K29-GC02'),
  ...because('a KaitoNodeClass is a name without an object, so it is always ready', 'K17-LA05'),
  ...because('nothing is told of the absence of a taint that AKS never sets', 'K17-RE06'),
  ...because(
    'a Ready Node stays while its pool is there, and while the absence of its pool is no proof. Of a pool that is gone for certain it goes at once, Ready or not (row C3)',
    'K17-NT19',
  ),
  ...because(
    'the share is rounded down and two may go at least: of up to ten pools as many as rounded up or more, of others one fewer at most',
    'K17-HE14',
  ),
  ...because(noNodePools, 'K17-RE16 K17-RE17 K17-LI08 K17-LI09'),
  ...because('nothing here depends on a price: sizes are taken in the order of the claim', 'GPM26 GPM27'),
  ...because('what Azure refused is remembered on the claim, with the time of the next try', 'GPM28 GPM29'),
  ...because('there is no such cache, and its variable is ignored', 'GPN49 GPN50 GPN54'),
]);
