import { type Area, del, get, post, type Request, table, metadataOnly, until } from '../case.ts';
import { configMap, configMaps, machine, machines } from '../objects.ts';

const make = (name: string): Request => post(configMaps, configMap(name, { metadata: { labels: { page: 'x' } } }));
const five = ['a', 'b', 'c', 'd', 'e'].map(make);
const list = `${configMaps}?labelSelector=page%3Dx`;
const after = (step: number, limit: number): Request =>
  get(`${list}&limit=${limit}&continue={${step}.metadata.continue}`);

export const paging: Area = {
  area: 'paging',
  cases: [
    {
      name: 'pages of two',
      steps: [
        ...five,
        get(`${configMaps}?limit=2`),
        get(`${configMaps}?limit=2&continue={5.metadata.continue}`),
        get(`${configMaps}?limit=2&continue={6.metadata.continue}`),
      ],
    },
    { name: 'pages through a label selector', steps: [...five, get(`${list}&limit=2`), after(5, 2), after(6, 2)] },
    { name: 'a page as large as the list', steps: [...five, get(`${list}&limit=5`), get(`${list}&limit=50`)] },
    { name: 'a limit of nothing or less', steps: [...five, get(`${list}&limit=0`), get(`${list}&limit=-1`)] },
    {
      name: 'pages show the list as it was',
      steps: [...five, get(`${list}&limit=2`), make('f'), del(`${configMaps}/d`), make('aa'), after(5, 10)],
    },
    { name: 'another limit on the way', steps: [...five, get(`${list}&limit=1`), after(5, 3), after(6, 1)] },
    {
      name: 'a continue token without a limit',
      steps: [...five, get(`${list}&limit=2`), get(`${list}&continue={5.metadata.continue}`)],
    },
    {
      name: 'a continue token with a version',
      steps: [...five, get(`${list}&limit=2`), get(`${list}&limit=2&resourceVersion=7&continue={5.metadata.continue}`)],
    },
    {
      name: 'a limit on what the cache has',
      steps: [
        ...five,
        // It hears of a creation a moment later.
        until(`${list}&resourceVersion=0`, { 'items.4.metadata.name': 'e' }),
        get(`${list}&limit=2&resourceVersion=0`),
      ],
    },
    {
      name: 'a limit at an exact version',
      steps: [
        ...five,
        get(`${list}&limit=2&resourceVersion={2.metadata.resourceVersion}&resourceVersionMatch=Exact`),
        after(5, 2),
      ],
    },
    {
      name: 'Machines',
      steps: [
        ...['1', '2', '3'].map((n) =>
          post(machines, machine({ metadata: { name: `{id}-${n}`, labels: { case: '{id}' } } })),
        ),
        get(`${machines}?labelSelector=case%3D{id}&limit=2`),
        get(`${machines}?labelSelector=case%3D{id}&limit=2&continue={3.metadata.continue}`),
      ],
    },
    {
      name: 'tables and metadata',
      steps: [
        ...five,
        table(`${list}&limit=3`),
        metadataOnly(`${list}&limit=3`),
        table(`${list}&limit=3&continue={5.metadata.continue}`),
      ],
    },
    {
      name: 'an empty list',
      steps: [
        get(`${configMaps}?labelSelector=page%3Dnone&limit=1`),
        get(`${machines}?labelSelector=case%3D{id}&limit=1`),
      ],
    },
  ],
};
