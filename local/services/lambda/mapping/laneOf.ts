/** Which lane of a shard a stream partition key belongs to. */

/**
 * The same key always goes to the same lane, so that its records stay in order. AWS does not document its hash;
 * this one is 32-bit FNV-1a over the key's UTF-16 units.
 */
export function laneOf(partitionKey: string, lanes: number): number {
  if (lanes === 1) return 0;
  let hash = 0x811c9dc5;
  for (let index = 0; index < partitionKey.length; index++) {
    hash = Math.imul(hash ^ partitionKey.charCodeAt(index), 0x01000193) >>> 0;
  }
  return ((hash ^ (hash >>> 16)) >>> 0) % lanes;
}
