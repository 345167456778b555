// How a task that is still running will end, for tests that move its time meanwhile.

export interface TaskEnd {
  readonly reached: boolean;
  /** What it threw; undefined where it resolved. */
  readonly error: unknown;
}

/** Never rejects by itself: the failure is there to be looked at. */
export function endOf(task: Promise<unknown>): TaskEnd {
  const end: { reached: boolean; error: unknown } = { reached: false, error: undefined };
  void watch(task, end);
  return end;
}

async function watch(task: Promise<unknown>, end: { reached: boolean; error: unknown }): Promise<void> {
  try {
    await task;
  } catch (error) {
    end.error = error;
  } finally {
    end.reached = true;
  }
}
