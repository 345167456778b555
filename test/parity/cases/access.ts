import { type Area, get, post } from '../case.ts';
import { configMap, machines, pod, pods } from '../objects.ts';

const auth = '/apis/authorization.k8s.io/v1';
const review = (kind: string, spec: object): object => ({ apiVersion: 'authorization.k8s.io/v1', kind, spec });
const attributes = { group: 'karpenter.sh', resource: 'machines', verb: 'delete' };
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

export const access: Area = {
  area: 'access and discovery',
  cases: [
    {
      name: 'may I',
      steps: [
        post(`${auth}/selfsubjectaccessreviews`, review('SelfSubjectAccessReview', { resourceAttributes: attributes })),
      ],
    },
    {
      name: 'a question without a subject matter',
      steps: [post(`${auth}/selfsubjectaccessreviews`, review('SelfSubjectAccessReview', {}))],
    },
    { name: 'a review is not read back', steps: [get(`${auth}/selfsubjectaccessreviews`)] },
    {
      name: 'the resources of the Machine group',
      steps: [get('/apis/karpenter.sh/v1alpha5'), get('/apis/karpenter.sh')],
    },
    {
      name: 'the resources of the coordination and events groups',
      steps: [get('/apis/coordination.k8s.io'), get('/apis/events.k8s.io'), get('/apis/policy')],
    },
    { name: 'a group that is not there', steps: [get('/apis/nothing.example'), get('/apis/karpenter.sh/v2')] },
    { name: 'versions of the core group', steps: [get('/api')] },
    {
      name: 'a subresource that a kind does not have',
      steps: [get('/api/v1/namespaces/{ns}/configmaps/c/status'), get(`${machines}/{id}/scale`)],
    },
    {
      name: 'a token for a ServiceAccount',
      steps: [
        post('/api/v1/namespaces/{ns}/serviceaccounts', {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: 's' },
        }),
        post('/api/v1/namespaces/{ns}/serviceaccounts/nobody/token', {
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenRequest',
          spec: {},
        }),
      ],
    },
    {
      name: 'a pod is bound to a node once',
      steps: [
        post(pods, pod('p')),
        post(`${pods}/p/binding`, {
          apiVersion: 'v1',
          kind: 'Binding',
          metadata: { name: 'p' },
          target: { apiVersion: 'v1', kind: 'Node', name: 'n' },
        }),
        post(`${pods}/p/binding`, {
          apiVersion: 'v1',
          kind: 'Binding',
          metadata: { name: 'p' },
          target: { apiVersion: 'v1', kind: 'Node', name: 'm' },
        }),
        get(`${pods}/p`),
      ],
    },
    {
      name: 'discovery of everything at once has one form',
      steps: [{ ...get('/apis/karpenter.sh/v1alpha5'), accept: `${aggregated},application/json` }],
    },
    {
      name: 'a CRD that cannot be',
      steps: [
        post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
          apiVersion: 'apiextensions.k8s.io/v1',
          kind: 'CustomResourceDefinition',
          metadata: { name: 'gadgets.parity.example' },
          spec: {
            group: 'parity.example',
            scope: 'Cluster',
            names: { kind: 'Gadget', plural: 'gadgets' },
            versions: [{ name: 'v1', served: true, storage: true }],
          },
        }),
        post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', configMap('x')),
      ],
    },
  ],
};
