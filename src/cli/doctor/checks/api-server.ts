// Whether the API server answers, and how far its clock is from ours.
import { isJsonObject } from '../../../kube/answer.ts';
import { Unlooked, type Check } from '../check.ts';
import { verdictOnClock } from '../clock-skew.ts';
import { fail, pass } from '../finding.ts';

export const apiServer: Check = {
  room: 'Kubernetes',
  name: 'api-server',
  async look(the, signal) {
    try {
      const kube = the.kube();
      const answer = await kube.ask('/version', { signal });
      const version = isJsonObject(answer) ? answer['gitVersion'] : undefined;
      const clock = verdictOnClock("the API server's", kube.serverNow().getTime() - the.clock.now().getTime());
      if (clock.outcome !== 'pass') return clock;
      return pass(
        `Version ${typeof version === 'string' ? version : 'unknown'} answers, and its clock agrees with ours`,
      );
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Unlooked) return fail(error.message, { mend: error.mend });
      return fail(error instanceof Error ? error.message : String(error), {
        mend: ['kubectl version    # as the same user, from the same machine'],
      });
    }
  },
};
