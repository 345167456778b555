// docs/configuration.md: every option of the controller, from the table that its parser and --help are made of.
import { controllerSections } from '../../src/options/controller.ts';
import { text } from '../../src/options/kinds.ts';
import { envNameOf, type Option, type Table } from '../../src/options/table.ts';
import { tableOf } from './markdown.ts';
import { filledIn } from './template.ts';

/** What the chart has a value of its own for, by the environment name that it sets (templates/_environment.tpl). */
export const chartValues: ReadonlyMap<string, string> = new Map([
  ['ARM_SUBSCRIPTION_ID', 'settings.azure.subscriptionId'],
  ['ARM_RESOURCE_GROUP', 'settings.azure.resourceGroup'],
  ['AZURE_CLUSTER_NAME', 'settings.azure.clusterName'],
  ['LOCATION', 'settings.azure.location'],
  ['AZURE_ENVIRONMENT', 'settings.azure.cloud'],
  ['AZURE_CLIENT_ID', 'workloadIdentity.clientId'],
  ['AZURE_TENANT_ID', 'workloadIdentity.tenantId'],
  ['DEPLOYMENT_MODE', 'deploymentMode'],
  ['LOG_LEVEL', 'logLevel'],
  ['METRICS_PORT', 'controller.metrics.port'],
  ['HEALTH_PROBE_PORT', 'controller.healthProbe.port'],
  ['STATUS_PAGE', 'statusPage.enabled'],
  ['WORKSPACES', 'workspace.enabled'],
  ['WORKSPACE_CLAIMS', 'workspace.claims'],
  ['PRESET_RELEASE', 'workspace.presetRelease'],
  ['PRESET_REGISTRY_NAME', 'workspace.presetRegistry'],
  ['PRESETS_FILE', 'workspace.presets'],
  ['WORKSPACE_DOWNLOADER_IMAGE', 'workspace.downloaderImage'],
  ['WORKSPACE_PUSHER_IMAGE', 'workspace.pusherImage'],
]);

/** `template` has a place for the options. Throws NoPlace. */
export function configurationPage(template: string): string {
  const sections = Object.entries(controllerSections).map(([title, table]) => `## ${title}\n\n${optionsOf(table)}`);
  return filledIn(template, { options: sections.join('\n\n') });
}

function optionsOf(table: Table): string {
  const rows = Object.values(table).map((option) => [
    `\`--${option.flag}\``,
    `\`${envNameOf(option.flag)}\``,
    defaultOf(option),
    `${option.help}.${valueOf(option)}`,
    chartOf(option),
  ]);
  return tableOf(['flag', 'environment', 'default', 'what it does', 'value of the chart'], rows);
}

function defaultOf(option: Option<unknown>): string {
  switch (option.need) {
    case 'required':
      return '**required**';
    case 'optional':
      return '';
    case 'defaulted':
      return `\`${option.kind.format(option.fallback)}\``;
  }
}

/** What may be written, where that is not any text. */
function valueOf({ kind, opposite }: Option<unknown>): string {
  const expected = kind === text ? '' : ` ${kind.expected.charAt(0).toUpperCase()}${kind.expected.slice(1)}.`;
  return opposite === undefined ? expected : `${expected} \`--${opposite}\` says the opposite.`;
}

function chartOf({ flag }: Option<unknown>): string {
  const value = chartValues.get(envNameOf(flag));
  return value === undefined ? '' : `\`${value}\``;
}
