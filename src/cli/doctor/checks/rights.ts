// Whether the API server allows the controller's ServiceAccount all that the controller does.
import { isJsonObject } from '../../../kube/answer.ts';
import type { RestClient } from '../../../kube/rest-client.ts';
import { Unlooked, type Check } from '../check.ts';
import { fail, pass, type Finding } from '../finding.ts';
import { rightsOfController, shownRight, type Right } from '../rights.ts';
import { settingOf, userOf, type Account } from '../surroundings.ts';

export const rights: Check = {
  room: 'Kubernetes',
  name: 'rights',
  async look(the, signal) {
    const kube = the.kube();
    const surroundings = the.surroundings();
    const account = await surroundings.account();
    if (account === undefined)
      throw new Unlooked('Needs a controller: no Deployment of one was found', [
        'gpu-provisioner doctor --namespace NAMESPACE    # where it is installed',
      ]);
    const [deployment] = await surroundings.ours().catch(() => []);
    const wanted = rightsOfController({
      namespace: account.namespace,
      deployment: deployment?.metadata.name,
      lease: settingOf(deployment, 'LEADER_ELECTION_NAME'),
      workspaces: settingOf(deployment, 'WORKSPACES') === 'true',
      workspaceClaims: settingOf(deployment, 'WORKSPACE_CLAIMS'),
    });
    const answers = await Promise.all(
      wanted.map(async (right) => ({ right, allowed: await isAllowed(kube, { account, right, signal }) })),
    );
    return verdict(account, answers);
  },
};

interface Answered {
  readonly right: Right;
  readonly allowed: boolean;
}

function verdict(account: Account, answers: readonly Answered[]): Finding {
  const who = `ServiceAccount ${account.namespace}/${account.name}`;
  const missing = answers.filter(({ allowed }) => !allowed);
  if (missing.length === 0) return pass(`${who} has all ${answers.length} rights that the controller uses`);
  return fail(`${who} lacks ${missing.length} of the ${answers.length} rights that the controller uses`, {
    details: missing.map(({ right }) => shownRight(right)),
    mend: [
      'helm upgrade gpu-provisioner <chart> --reuse-values    # its roles; then look for bindings that somebody removed',
      `kubectl auth can-i --list --as=${userOf(account)}`,
    ],
  });
}

interface Asked {
  readonly account: Account;
  readonly right: Right;
  readonly signal: AbortSignal;
}

/** About ourselves everybody may ask; about another one needs a right, and throws Forbidden without. */
async function isAllowed(kube: RestClient, { account, right, signal }: Asked): Promise<boolean> {
  const kind = account.isSelf ? 'SelfSubjectAccessReview' : 'SubjectAccessReview';
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`, 'system:authenticated'];
  const about = account.isSelf ? {} : { user: userOf(account), groups };
  const body = { apiVersion: 'authorization.k8s.io/v1', kind, spec: { resourceAttributes: right, ...about } };
  const answer = await kube.ask(`/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`, { signal, body });
  const status = isJsonObject(answer) ? answer['status'] : undefined;
  return isJsonObject(status) && status['allowed'] === true;
}
