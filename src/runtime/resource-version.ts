// Which of two versions is newer: within one resource they are revisions, whole numbers that only grow (KEP-5504).

const wholeNumber = /^[0-9]+$/;

/**
 * Whether `version` is newer than `other`. Compared as text, for they outgrow a number's precision. One that is not a
 * whole number is from no API server that we know, and counts as newer: then the latest word wins.
 */
export function isNewerVersion(version: string, other: string): boolean {
  if (!wholeNumber.test(version) || !wholeNumber.test(other)) return version !== other;
  return version.length === other.length ? version > other : version.length > other.length;
}
