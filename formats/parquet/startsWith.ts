/** Tells payloads by their first bytes. */

/** Whether the bytes begin with the magic; shorter bytes do not. */
export function startsWith(bytes: Uint8Array, magic: Uint8Array): boolean {
  for (let at = 0; at < magic.length; at++) if (bytes[at] !== magic[at]) return false;
  return true;
}
