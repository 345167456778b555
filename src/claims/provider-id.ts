// The instance that a Node runs on, by its providerID (contract/arm.md 2.4).

// Anchored and without regard to case: Azure writes resource groups in either. A scale set's instance has a number, a
// machine of a VirtualMachines pool carries the pool in its own name.
const scaleSet =
  /^azure:\/\/\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.compute\/virtualmachinescalesets\/aks-([a-z0-9]+)-\d+-vmss\/virtualmachines\/\d+$/iu;
const machine =
  /^azure:\/\/\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.compute\/virtualmachines\/aks-([a-z0-9]+)-\d+-vms\d+$/iu;

const inGroup = /^azure:\/\/(\/subscriptions\/[^/]+\/resourcegroups\/[^/]+)\//iu;

/** The resource group of the machine, as `/subscriptions/S/resourcegroups/G` in lower case. */
export function groupOfProviderId(providerId: string): string | undefined {
  return inGroup.exec(providerId)?.[1]?.toLowerCase();
}

/** The pool whose instance this is; undefined for anything that AKS does not make. */
export function poolOfProviderId(providerId: string): string | undefined {
  return (scaleSet.exec(providerId) ?? machine.exec(providerId))?.[1]?.toLowerCase();
}

export function isInstanceOf(providerId: string, poolName: string): boolean {
  return poolOfProviderId(providerId) === poolName;
}
