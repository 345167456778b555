// How Azure compares its names: ids, sizes and tag names have no case, and ARM echoes whichever case a writer used.

/** Whether ARM means the same by both: its ids, VM sizes and names are compared without regard to case. */
export function sameArmText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
