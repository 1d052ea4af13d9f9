/** Runs a task for each item, some at a time; after a failure none is started, and those that run are awaited. */
export async function inParallel<T>(items: T[], atOnce: number, task: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    try {
      while (next < items.length) await task(items[next++]);
    } catch (error) {
      next = items.length;
      throw error;
    }
  };
  const results = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}
