// The address of a pod that is in no network: nobody can reach it, and an API server takes it.

const octet = 254;

/** Of the pod's uid; in 10.244.0.0/16, as flannel and kubeadm have it. */
export function addressWithoutNetwork(uid: string): string {
  let sum = 0;
  for (const letter of uid) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % (octet * octet);
  return `10.244.${Math.floor(sum / octet) + 1}.${(sum % octet) + 1}`;
}
