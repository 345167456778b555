// Where etcd would hold an object: some errors of the real server say so.
import type { Meta } from './object.ts';
import type { Resource } from './resource.ts';

const oddPlaces: { readonly [plural: string]: string } = {
  nodes: 'minions',
  services: 'services/specs',
  endpoints: 'services/endpoints',
};

export function storageKey({ group, plural, custom }: Resource, { namespace, name }: Meta): string {
  const place = custom === undefined ? (group === '' ? (oddPlaces[plural] ?? plural) : plural) : `${group}/${plural}`;
  return ['/registry', place, ...(namespace === undefined ? [] : [namespace]), name].join('/');
}
