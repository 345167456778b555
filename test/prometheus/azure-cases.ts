// The same for Azure and the gate.
import { a, b, ours, type RuleCase } from './rule-case.ts';

const azureUp = (values: string): Readonly<Record<string, string>> => ({
  [`gpu_provisioner_azure_up{${a}}`]: values,
  [`gpu_provisioner_azure_up{${b}}`]: values,
});

export const azureCases: readonly RuleCase[] = [
  {
    alert: 'GpuProvisionerAzureUnreachable',
    when: 'no replica hears of Azure',
    series: azureUp('1x5 0x60'),
    atMinute: 20,
    fires: [ours],
  },
  {
    alert: 'GpuProvisionerAzureUnreachable',
    when: 'Azure is away for minutes',
    series: azureUp('1x5 0x8 1x60'),
    atMinute: 16,
    fires: [],
  },
  {
    alert: 'GpuProvisionerAzureUnreachable',
    when: 'one replica is cut off',
    series: { ...azureUp('1x60'), [`gpu_provisioner_azure_up{${b}}`]: '0x60' },
    atMinute: 40,
    fires: [],
  },
  {
    alert: 'GpuProvisionerCredentialsRefused',
    when: 'each list is refused for want of a token',
    series: { [`gpu_provisioner_arm_refusals_total{${a}, operation="list", reason="AuthenticationFailed"}`]: '1+1x60' },
    atMinute: 15,
    fires: [{ ...ours, reason: 'AuthenticationFailed' }],
  },
  {
    alert: 'GpuProvisionerCredentialsRefused',
    when: 'Azure refuses for other reasons',
    series: { [`gpu_provisioner_arm_refusals_total{${a}, operation="create", reason="QuotaExceeded"}`]: '1+1x60' },
    atMinute: 30,
    fires: [],
  },
  {
    alert: 'GpuProvisionerCredentialsRefused',
    when: 'it was mended',
    series: {
      [`gpu_provisioner_arm_refusals_total{${a}, operation="create", reason="AuthorizationFailed"}`]: '0+1x9 9x60',
    },
    atMinute: 40,
    fires: [],
  },
  {
    alert: 'GpuProvisionerThrottled',
    when: '429s go on',
    series: { [`gpu_provisioner_arm_requests_total{${a}, operation="list", code="429"}`]: '1+1x60' },
    atMinute: 30,
    fires: [ours],
  },
  {
    alert: 'GpuProvisionerThrottled',
    when: 'Azure throttled once',
    series: {
      [`gpu_provisioner_arm_requests_total{${a}, operation="list", code="429"}`]: '1 3x60',
      [`gpu_provisioner_arm_requests_total{${a}, operation="list", code="200"}`]: '0+1x60',
    },
    atMinute: 30,
    fires: [],
  },
  {
    alert: 'GpuProvisionerGateClosed',
    when: 'the cluster is not at rest for more than an hour',
    series: {
      [`gpu_provisioner_gate_open{${a}, reason="NodesDown"}`]: '0x120',
      [`gpu_provisioner_gate_not_open_seconds{${a}}`]: '0+60x120',
    },
    atMinute: 70,
    fires: [{ ...ours, reason: 'NodesDown' }],
  },
  {
    alert: 'GpuProvisionerGateClosed',
    when: 'it settles after a start',
    series: {
      [`gpu_provisioner_gate_open{${a}, reason="ClusterSettling"}`]: '0x10',
      [`gpu_provisioner_gate_open{${a}, reason=""}`]: '_x10 1x120',
      [`gpu_provisioner_gate_not_open_seconds{${a}}`]: '0+60x10 0x120',
    },
    atMinute: 100,
    fires: [],
  },
  {
    alert: 'GpuProvisionerMassDisruption',
    when: 'the breaker has tripped',
    series: {
      [`gpu_provisioner_mass_disruption{${a}}`]: '0x3 1x60',
      [`gpu_provisioner_mass_disruption{${b}}`]: '0x60',
    },
    atMinute: 10,
    fires: [ours],
  },
  {
    alert: 'GpuProvisionerMassDisruption',
    when: 'little is due',
    series: { [`gpu_provisioner_mass_disruption{${a}}`]: '0x60', [`gpu_provisioner_disruptions_wished{${a}}`]: '1x60' },
    atMinute: 30,
    fires: [],
  },
];
