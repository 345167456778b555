// The same work on many things, a few at a time.

/**
 * Calls `work` for each item, at most `limit` at once, and waits for all of them; then throws what the first one that failed
 * threw. An item that fails keeps no other one from being tried.
 */
export async function eachBounded<T>(
  items: readonly T[],
  { limit }: { readonly limit: number },
  work: (item: T) => Promise<void>,
): Promise<void> {
  const failures: { readonly error: unknown }[] = [];
  const queue = items.values();
  const takeAll = async (): Promise<void> => {
    // One iterator for all of them: each item is taken once.
    for (const item of queue) {
      try {
        await work(item);
      } catch (error) {
        failures.push({ error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, takeAll));
  const [first] = failures;
  if (first !== undefined) throw first.error;
}
