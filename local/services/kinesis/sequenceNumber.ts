/**
 * Makes and reads sequence numbers in Kinesis' layout: 47 hexadecimal digits, written as 56 decimal ones. They increase
 * within a shard and contain the record's place in the shard.
 */

/** Digits, from the left: `2`, the shard's creation in seconds (9), shard (1), place (16), zeros (2), arrival in seconds (9), shard (8), `2`. */
const PLACE_BITS = 80n;
const ARRIVAL_BITS = 36n;
const SHARD_BITS = 4n;
const PREFIX_BITS = 144n;
const VERSION = 2n;
const PLACE_MASK = 0xffff_ffff_ffff_ffffn;
const TEXT = /^[1-9]\d{0,55}$/;

export interface ShardIdentity {
  /** 0 for the stream's first shard. */
  readonly index: number;
  readonly createdMillis: number;
}

/**
 * Returns the sequence numbers of a shard's records in one second, by place: 0 is the shard's own start, records begin
 * at 1.
 */
export function numbering(shard: ShardIdentity, arrivedMillis: number): (place: number) => string {
  const arrival = BigInt(Math.floor(arrivedMillis / 1000));
  const base = prefixOf(shard) | (arrival << ARRIVAL_BITS) | tailOf(shard);
  return (place) => (base | (BigInt(place) << PLACE_BITS)).toString();
}

/** The place of a record, or undefined if the number is not one of this shard. */
export function placeOf(shard: ShardIdentity, sequenceNumber: string): number | undefined {
  if (!TEXT.test(sequenceNumber)) return undefined;
  const value = BigInt(sequenceNumber);
  const isOurs = value >> PREFIX_BITS === prefixOf(shard) >> PREFIX_BITS && (value & 0xf_ffff_ffffn) === tailOf(shard);
  if (!isOurs) return undefined;
  return Number((value >> PLACE_BITS) & PLACE_MASK);
}

function prefixOf(shard: ShardIdentity): bigint {
  const created = BigInt(Math.floor(shard.createdMillis / 1000));
  return ((2n << 40n) | (created << 4n) | BigInt(shard.index & 0xf)) << PREFIX_BITS;
}

function tailOf(shard: ShardIdentity): bigint {
  return (BigInt(shard.index) << SHARD_BITS) | VERSION;
}
