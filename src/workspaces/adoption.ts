// What KAITO's controller made and left behind: a Workspace's own, without a mark of ours. It is taken over, not made anew.
import type { KubeObject } from '../apis/wire.ts';
import { isObject } from '../azure/json.ts';
import { hashAnnotation } from './hash.ts';
import type { Wanted } from './plan.ts';
import { workspaceLabel } from './workspace-claims.ts';

/**
 * The patch that gives `found`, which its Workspace owns, the label that it is watched by (KAITO labels Jobs alone) and,
 * where it serves what is wanted already, our hash, so that no model is taken down only because we came. Undefined:
 * nothing is to be taken over.
 */
export function adoption(wanted: Wanted, owner: string, found: KubeObject): object | undefined {
  const { uid, resourceVersion, deletionTimestamp, labels = {}, annotations = {} } = found.metadata;
  // Nothing says that one of its Jobs has to be seen anew, or may be patched.
  if (deletionTimestamp !== undefined || wanted.kind === 'Job') return undefined;
  const isSeen = labels[workspaceLabel] === owner;
  const serves = annotations[hashAnnotation] === undefined && isSameModel(wanted.object, found);
  if (isSeen && !serves) return undefined;
  return {
    metadata: {
      uid,
      resourceVersion,
      ...(isSeen ? {} : { labels: { [workspaceLabel]: owner } }),
      ...(serves ? { annotations: { [hashAnnotation]: wanted.hash } } : {}),
    },
  };
}

/** The same images, of whatever release, on as many pods. */
function isSameModel(wanted: object, found: object): boolean {
  const [asked, has] = [podsOf(wanted), podsOf(found)];
  return asked.images.length > 0 && JSON.stringify(asked) === JSON.stringify(has);
}

function podsOf(workload: object): { readonly replicas: unknown; readonly images: readonly string[] } {
  const spec = fieldOf(workload, 'spec');
  const pod = fieldOf(fieldOf(spec, 'template'), 'spec');
  const containers = ['initContainers', 'containers'].flatMap((field) => listOf(pod, field));
  return {
    replicas: fieldOf(spec, 'replicas'),
    images: containers.map((container) => repositoryOf(fieldOf(container, 'image'))),
  };
}

/** Without tag and digest. */
function repositoryOf(image: unknown): string {
  return typeof image === 'string' ? image.replace(/@.*$/, '').replace(/:[^/:]*$/, '') : '';
}

function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function listOf(value: unknown, name: string): readonly unknown[] {
  const list = fieldOf(value, name);
  return Array.isArray(list) ? list : [];
}
