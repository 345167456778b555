// Every check of the doctor, in the order of its report.
import type { Check } from './check.ts';
import { apiServer } from './checks/api-server.ts';
import { actions, armReachable, managedCluster, pools } from './checks/arm.ts';
import { feed, leader, orphans, replicas } from './checks/controller.ts';
import { crds } from './checks/crds.ts';
import { devicePlugins } from './checks/device-plugins.ts';
import { identity } from './checks/identity.ts';
import { rights } from './checks/rights.ts';
import { rivals } from './checks/rivals.ts';
import { sameCluster } from './checks/same-cluster.ts';

export const checks: readonly Check[] = [
  apiServer,
  rights,
  crds,
  devicePlugins,
  rivals,
  replicas,
  leader,
  feed,
  orphans,
  identity,
  armReachable,
  managedCluster,
  sameCluster,
  actions,
  pools,
];
