// What was let go of: a cache that is behind shows it for a moment longer, and nothing is let go of twice.

export class Released {
  /** uids of claims and Nodes, by the uid of the claim. */
  readonly #byClaim = new Map<string, Set<string>>();

  has(claimUid: string, uid: string): boolean {
    return this.#byClaim.get(claimUid)?.has(uid) ?? false;
  }

  note(claimUid: string, uid: string): void {
    const uids = this.#byClaim.get(claimUid);
    if (uids === undefined) this.#byClaim.set(claimUid, new Set([uid]));
    else uids.add(uid);
  }

  /** The watch shows that the claim is gone. */
  forget(claimUid: string): void {
    this.#byClaim.delete(claimUid);
  }
}
