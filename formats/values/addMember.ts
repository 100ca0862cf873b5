/** Adds members to a row one by one, for formats whose names are known only while reading. */
import type { Row, Value } from "../row";

/** Sets a new name, `__proto__` included; returns false and sets nothing if the row already has it. */
export function addMember(row: Row, name: string, value: Value): boolean {
  // No row value is undefined, so this is a new name; the rare inherited names are checked below.
  if (row[name] === undefined) {
    row[name] = value;
    return true;
  }
  if (Object.hasOwn(row, name)) return false;
  Object.defineProperty(row, name, { value, writable: true, enumerable: true, configurable: true });
  return true;
}
