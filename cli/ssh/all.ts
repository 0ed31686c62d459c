/** How many hosts are spoken to at a time: enough for every cluster of ordinary size, and no thousand sockets at once. */
export const AT_A_TIME = 64;

/** What `each` makes of every item, in their order, never more than `limit` of them at work. */
export async function all<T, R>(
  items: readonly T[],
  each: (item: T) => Promise<R>,
  limit: number = AT_A_TIME,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await each(items[at] as T);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
