/** XXH64 with seed 0; Zstandard's checksum is its lower half. */

/** The primes of XXH64, each as its upper and lower 32 bits. */
const P1 = [0x9e3779b1, 0x85ebca87] as const;
const P2 = [0xc2b2ae3d, 0x27d4eb4f] as const;
const P3 = [0x165667b1, 0x9e3779f9] as const;
const P4 = [0x85ebca77, 0xc2b2ae63] as const;
const P5 = [0x27d4eb2f, 0x165667c5] as const;

type Halves = readonly [high: number, low: number];

/** A 64-bit number in two halves; BigInt takes ten times as long. */
class Word {
  constructor(
    public high = 0,
    public low = 0,
  ) {}

  set([high, low]: Halves): this {
    this.high = high | 0;
    this.low = low | 0;
    return this;
  }

  add(high: number, low: number): this {
    const sum = (this.low >>> 0) + (low >>> 0);
    this.low = sum | 0;
    this.high = (this.high + high + (sum > 0xffffffff ? 1 : 0)) | 0;
    return this;
  }

  multiply(high: number, low: number): this {
    const [a0, a1, b0, b1] = [this.low & 0xffff, this.low >>> 16, low & 0xffff, low >>> 16];
    const [p00, p01, p10] = [a0 * b0, a0 * b1, a1 * b0];
    const middle = (p00 >>> 16) + (p01 & 0xffff) + (p10 & 0xffff);
    const cross = Math.imul(this.high, low) + Math.imul(this.low, high);
    this.high = (a1 * b1 + (p01 >>> 16) + (p10 >>> 16) + (middle >>> 16) + cross) | 0;
    this.low = (p00 & 0xffff) | (middle << 16);
    return this;
  }

  xor(high: number, low: number): this {
    this.high ^= high;
    this.low ^= low;
    return this;
  }

  /** @param bits 1 to 31 */
  rotate(bits: number): this {
    const { high, low } = this;
    this.high = (high << bits) | (low >>> (32 - bits));
    this.low = (low << bits) | (high >>> (32 - bits));
    return this;
  }

  /** `x ^= x >>> bits`. */
  mix(bits: number): this {
    const { high, low } = this;
    if (bits >= 32) this.low ^= high >>> (bits - 32);
    else {
      this.low ^= (low >>> bits) | (high << (32 - bits));
      this.high ^= high >>> bits;
    }
    return this;
  }

  round(high: number, low: number): this {
    const lane = SCRATCH.set([high, low]).multiply(...P2);
    return this.add(lane.high, lane.low)
      .rotate(31)
      .multiply(...P1);
  }
}

const SCRATCH = new Word();

const STRIPE_BYTES = 32;

/** Hashes bytes that arrive in chunks. */
export class XxHash64 {
  private readonly lanes = [
    new Word().set(P1).add(...P2),
    new Word().set(P2),
    new Word(),
    new Word().add(~P1[0], ~P1[1]).add(0, 1),
  ];
  private rest: Uint8Array = new Uint8Array(0);
  private length = 0;

  update(bytes: Uint8Array): this {
    this.length += bytes.length;
    let whole = bytes;
    if (this.rest.length > 0) {
      whole = new Uint8Array(this.rest.length + bytes.length);
      whole.set(this.rest);
      whole.set(bytes, this.rest.length);
    }
    const data = viewOf(whole);
    let at = 0;
    for (; at + STRIPE_BYTES <= whole.length; at += STRIPE_BYTES) {
      for (let lane = 0; lane < 4; lane++) {
        const from = at + lane * 8;
        (this.lanes[lane] as Word).round(data.getInt32(from + 4, true), data.getInt32(from, true));
      }
    }
    // A copy, because the caller may reuse the chunk.
    this.rest = whole.slice(at);
    return this;
  }

  /** The lower 32 bits, unsigned; nothing is added afterwards. */
  low(): number {
    const { rest, lanes, length } = this;
    const hash = new Word();
    if (length >= STRIPE_BYTES) {
      for (const [index, { high, low }] of lanes.entries()) {
        const turned = new Word(high, low).rotate([1, 7, 12, 18][index] as number);
        hash.add(turned.high, turned.low);
      }
      for (const { high, low } of lanes) {
        const lane = new Word().round(high, low);
        hash
          .xor(lane.high, lane.low)
          .multiply(...P1)
          .add(...P4);
      }
    } else hash.set(P5);
    hash.add(Math.floor(length / 2 ** 32), length >>> 0);
    return lowOfRest(hash, rest);
  }
}

/** The lower 32 bits of the hash, unsigned. */
export function xxHash64Low(bytes: Uint8Array): number {
  return new XxHash64().update(bytes).low();
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function lowOfRest(hash: Word, bytes: Uint8Array): number {
  const data = viewOf(bytes);
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) {
    const lane = new Word().round(data.getInt32(at + 4, true), data.getInt32(at, true));
    hash
      .xor(lane.high, lane.low)
      .rotate(27)
      .multiply(...P1)
      .add(...P4);
  }
  if (at + 4 <= bytes.length) {
    const lane = new Word(0, data.getInt32(at, true)).multiply(...P1);
    hash
      .xor(lane.high, lane.low)
      .rotate(23)
      .multiply(...P2)
      .add(...P3);
    at += 4;
  }
  for (; at < bytes.length; at++) {
    const lane = new Word(0, bytes[at]).multiply(...P5);
    hash
      .xor(lane.high, lane.low)
      .rotate(11)
      .multiply(...P1);
  }
  return (
    hash
      .mix(33)
      .multiply(...P2)
      .mix(29)
      .multiply(...P3)
      .mix(32).low >>> 0
  );
}
