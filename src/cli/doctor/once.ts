// A question that several ask, put once.

/** The same answer, or the same failure, for all who ask. */
export function once<T>(question: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= question();
    return asked;
  };
}
