// Everything that `status` needs of the cluster, asked at once.
import { workspaces } from '../../apis/workspace.ts';
import { attempt } from '../asking/answer.ts';
import { askClaims } from '../asking/claims.ts';
import { findController } from '../asking/controller.ts';
import type { ControllerQuestion } from '../asking/controller.ts';
import type { Fleet } from './report.ts';

/** Throws KubeError where nothing can be asked. */
export async function look({ kube, namespace, signal }: ControllerQuestion): Promise<Fleet> {
  const [claims, seen, controller] = await Promise.all([
    askClaims(kube, { signal }),
    attempt('Workspaces', { verb: 'list', resource: 'workspaces.kaito.sh' }, async () => {
      const { items } = await kube.list(workspaces, { signal });
      return items;
    }),
    findController({ kube, signal, namespace }),
  ]);
  return { now: kube.serverNow(), ...claims, workspaces: seen, controller };
}
