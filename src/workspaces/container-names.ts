// Names of containers: two of one pod that are the same, and the API server refuses its workload when the node is paid for.
import type { Workspace } from '../apis/workspace.gen.ts';
import { namesBesideTuning } from './tuning.ts';

/**
 * What is wrong with them; undefined: nothing. The container of the model has the Workspace's name. Adapters differ from each
 * other by a rule of the CRD, and the containers of a template are its user's own.
 */
export function takenName({ metadata, inference, tuning }: Workspace): string | undefined {
  const { name } = metadata;
  const adapters = inference?.preset === undefined ? [] : (inference.adapters ?? []);
  const index = adapters.findIndex(({ source }) => source.name === name);
  if (index !== -1)
    return `inference.adapters[${index}].source.name "${name}" is the name of the Workspace, which the container of the model has. Give the adapter another name`;
  if (tuning !== undefined && namesBesideTuning(tuning).includes(name))
    return `The name "${name}" is one that a container of every tuning like this has. Give the Workspace another name`;
  return undefined;
}
