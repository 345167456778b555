// Printers of Services, of the addresses behind them, and of what pods read: ConfigMaps, Secrets, ServiceAccounts.
import { at, isObject, listAt, numberAt, textAt, type Json, type JsonObject } from '../json.ts';
import {
  ageOf,
  column,
  joined,
  labelsText,
  nameColumn,
  nameOf,
  textOr,
  textsAt,
  wide,
  type Printer,
} from './printer.ts';

function externalAddress(service: JsonObject): string {
  const type = textAt(service, 'spec', 'type');
  const addresses = textsAt(service, 'spec', 'externalIPs');
  if (type === 'ExternalName') return textAt(service, 'spec', 'externalName') ?? '';
  if (type !== 'LoadBalancer') return joined(addresses);
  const ingress = listAt(service, 'status', 'loadBalancer', 'ingress').map(
    (each) => textAt(each, 'ip') || (textAt(each, 'hostname') ?? ''),
  );
  return joined([...ingress.filter((each) => each !== ''), ...addresses], '<pending>');
}

function portText(port: Json): string {
  const nodePort = numberAt(port, 'nodePort') ?? 0;
  return `${numberAt(port, 'port') ?? 0}${nodePort > 0 ? `:${nodePort}` : ''}/${textAt(port, 'protocol') ?? 'TCP'}`;
}

export const servicePrinter: Printer = {
  columns: [
    nameColumn,
    column('Type'),
    column('Cluster-IP'),
    column('External-IP'),
    column('Port(s)'),
    column('Age'),
    wide('Selector'),
  ],
  cells: (service, now) => [
    nameOf(service),
    textAt(service, 'spec', 'type') ?? 'ClusterIP',
    textsAt(service, 'spec', 'clusterIPs')[0] ?? textOr('<none>', service, 'spec', 'clusterIP'),
    externalAddress(service),
    joined(listAt(service, 'spec', 'ports').map(portText)),
    ageOf(service, now),
    labelsText(at(service, 'spec', 'selector')),
  ],
};

// More addresses than this are counted, not listed.
const shownAddresses = 3;

function shortList(texts: readonly string[], none: string): string {
  if (texts.length === 0) return none;
  const shown = texts.slice(0, shownAddresses).join(',');
  return texts.length > shownAddresses ? `${shown} + ${texts.length - shownAddresses} more...` : shown;
}

function endpointsText(endpoints: JsonObject): string {
  const texts = listAt(endpoints, 'subsets').flatMap((subset) => {
    const addresses = listAt(subset, 'addresses').map((address) => textAt(address, 'ip') ?? '');
    const ports = listAt(subset, 'ports').map((port) => numberAt(port, 'port') ?? 0);
    if (ports.length === 0) return addresses;
    return ports.flatMap((port) => addresses.map((address) => `${address}:${port}`));
  });
  return shortList(texts, '<none>');
}

export const endpointsPrinter: Printer = {
  columns: [nameColumn, column('Endpoints'), column('Age')],
  cells: (endpoints, now) => [nameOf(endpoints), endpointsText(endpoints), ageOf(endpoints, now)],
};

export const endpointSlicePrinter: Printer = {
  columns: [nameColumn, column('AddressType'), column('Ports'), column('Endpoints'), column('Age')],
  cells: (slice, now) => {
    const ports = listAt(slice, 'ports').map((port) => `${numberAt(port, 'port') ?? '*'}`);
    const addresses = listAt(slice, 'endpoints').flatMap((endpoint) => textsAt(endpoint, 'addresses'));
    return [
      nameOf(slice),
      textAt(slice, 'addressType') ?? '',
      shortList(ports, '<unset>'),
      shortList(addresses, '<unset>'),
      ageOf(slice, now),
    ];
  },
};

function sizeOf(value: Json | undefined): number {
  return isObject(value) ? Object.keys(value).length : 0;
}

// Data is counted in strings, in spite of being a number: so the real printer declares it.
export const configMapPrinter: Printer = {
  columns: [nameColumn, column('Data'), column('Age')],
  cells: (map, now) => [nameOf(map), sizeOf(map['data']) + sizeOf(map['binaryData']), ageOf(map, now)],
};

export const secretPrinter: Printer = {
  columns: [nameColumn, column('Type'), column('Data'), column('Age')],
  cells: (secret, now) => [
    nameOf(secret),
    textAt(secret, 'type') ?? 'Opaque',
    sizeOf(secret['data']),
    ageOf(secret, now),
  ],
};

export const serviceAccountPrinter: Printer = {
  columns: [nameColumn, column('Secrets'), column('Age')],
  cells: (account, now) => [nameOf(account), listAt(account, 'secrets').length, ageOf(account, now)],
};
