// Words of commands that people copy: whoever named a cluster, or tells of one, must not be able to write on their shell.

/** For a POSIX shell; only what needs quotes gets them. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
