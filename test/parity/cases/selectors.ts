import { type Area, get, merge, post, type Request } from '../case.ts';
import {
  configMap,
  configMaps,
  coreEvents,
  machine,
  machines,
  namespaces,
  node,
  nodes,
  pod,
  pods,
} from '../objects.ts';

const one = (name: string, labels: object): Request => post(configMaps, configMap(name, { metadata: { labels } }));
const three = [
  one('a', { tier: 'x', size: '1' }),
  one('b', { tier: 'y', size: '2' }),
  one('c', { size: '3' }),
] as const;
const by = (selector: string): Request => get(`${configMaps}?labelSelector=${encodeURIComponent(selector)}`);
const event = (name: string, change: object): Request =>
  post(coreEvents, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name },
    involvedObject: { kind: 'Pod', name: 'p', namespace: '{ns}', uid: 'u1' },
    reason: 'R',
    type: 'Normal',
    ...change,
  });

export const selectors: Area = {
  area: 'label and field selectors',
  cases: [
    {
      name: 'equality',
      steps: [...three, by('tier=x'), by('tier==y'), by('tier!=x'), by('tier=x,size=1'), by('tier=x,size=2')],
    },
    {
      name: 'sets',
      steps: [
        ...three,
        by('tier in (x,y)'),
        by('size notin (1,2)'),
        by('tier in (x),size in (1,9)'),
        by('tier notin (x)'),
      ],
    },
    { name: 'presence', steps: [...three, by('tier'), by('!tier'), by('tier,!size')] },
    { name: 'numbers', steps: [...three, by('size>1'), by('size<2'), by('size>x')] },
    {
      name: 'blanks and empty parts',
      steps: [...three, by(' tier = x '), by('tier='), by(''), by('tier in ( x , y )'), by('tier in ()')],
    },
    {
      name: 'selectors that are none',
      steps: [
        by('tier in x'),
        by('=x'),
        by('a b'),
        by('tier in (x'),
        by('tier=x,,size=1'),
        by('a/b/c=d'),
        by('tier=no good'),
      ],
    },
    {
      name: 'fields of every kind',
      steps: [
        ...three,
        get(`${configMaps}?fieldSelector=metadata.name%3Da`),
        get(`${configMaps}?fieldSelector=metadata.namespace%3D{ns},metadata.name%3Db`),
        get(`${configMaps}?fieldSelector=metadata.namespace%3Delse`),
        get(`${configMaps}?fieldSelector=metadata.name!%3Da&labelSelector=tier`),
      ],
    },
    {
      name: 'fields of a pod',
      steps: [
        post(pods, pod('p', { spec: { nodeName: 'n1' } })),
        post(pods, pod('q', { spec: { nodeName: 'n2', restartPolicy: 'Never' } })),
        merge(`${pods}/p/status`, { status: { phase: 'Running', podIP: '10.0.0.9', podIPs: [{ ip: '10.0.0.9' }] } }),
        get(`${pods}?fieldSelector=spec.nodeName%3Dn1`),
        get(`${pods}?fieldSelector=status.phase%3DPending`),
        get(`${pods}?fieldSelector=status.phase!%3DPending,spec.nodeName!%3Dn2`),
        get(`${pods}?fieldSelector=spec.restartPolicy%3DNever`),
        get(`${pods}?fieldSelector=status.podIP%3D10.0.0.9`),
      ],
    },
    {
      name: 'fields of a node',
      steps: [
        post(nodes, node({ spec: { unschedulable: true }, metadata: { labels: { case: '{id}' } } })),
        get(`${nodes}?labelSelector=case%3D{id}&fieldSelector=spec.unschedulable%3Dtrue`),
        get(`${nodes}?labelSelector=case%3D{id}&fieldSelector=spec.unschedulable%3Dfalse`),
      ],
    },
    {
      name: 'fields of an event',
      steps: [
        event('e', {}),
        event('f', { type: 'Warning', reason: 'S' }),
        get(`${coreEvents}?fieldSelector=involvedObject.name%3Dp,type%3DWarning`),
        get(`${coreEvents}?fieldSelector=reason%3DR`),
        get(
          `${coreEvents}?fieldSelector=involvedObject.uid%3Du1,involvedObject.kind%3DPod,involvedObject.namespace%3D{ns}`,
        ),
        get(`${coreEvents}?fieldSelector=involvedObject.kind%3DNode`),
      ],
    },
    {
      name: 'fields that cannot be selected by',
      steps: [
        get(`${pods}?fieldSelector=spec.hostname%3Da`),
        get(`${nodes}?fieldSelector=status.phase%3Da`),
        get(`${machines}?fieldSelector=spec.x%3Da`),
        get(`${configMaps}?fieldSelector=data.a%3D1`),
        get(`${namespaces}?fieldSelector=nothing%3Da`),
      ],
    },
    {
      name: 'fields of a Machine',
      steps: [
        post(machines, machine()),
        get(`${machines}?fieldSelector=metadata.name%3D{id}`),
        get(`${machines}?fieldSelector=metadata.name%3D{id},metadata.name!%3D{id}`),
      ],
    },
    {
      name: 'field selectors that are none',
      steps: [
        get(`${pods}?fieldSelector=a`),
        get(`${pods}?fieldSelector=spec.nodeName`),
        get(`${pods}?fieldSelector=spec.nodeName%20in%20(a)`),
      ],
    },
    {
      name: 'all namespaces',
      steps: [
        post(configMaps, configMap('a', { metadata: { labels: { case: '{id}' } } })),
        get('/api/v1/configmaps?labelSelector=case%3D{id}'),
      ],
    },
    {
      name: 'namespaces by name and by phase',
      steps: [
        get(`${namespaces}?fieldSelector=metadata.name%3D{ns}`),
        get(`${namespaces}?fieldSelector=status.phase%3DActive,metadata.name%3D{ns}`),
      ],
    },
  ],
};
