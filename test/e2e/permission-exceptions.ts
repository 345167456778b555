// What the chart grants although no scenario uses it: five at most, each with the code that would need it.

export interface PermissionException {
  /** As `wordsOf` of grants.ts writes it. */
  readonly grant: string;
  /** The file and the case in which it is used. */
  readonly neededBy: string;
}

export const permissionExceptions: readonly PermissionException[] = [];
