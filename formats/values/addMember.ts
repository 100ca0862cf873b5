/** Adds members to a row one by one, for formats whose names are only known while reading. */
import type { Row, Value } from "../row";

/** Sets a name that the row does not have yet, `__proto__` included; false, and nothing is set, where the row has it. */
export function addMember(row: Row, name: string, value: Value): boolean {
  // No value is undefined, so this is nearly always a new name, and the rare others are looked at again.
  if (row[name] === undefined) {
    row[name] = value;
    return true;
  }
  if (Object.hasOwn(row, name)) return false;
  Object.defineProperty(row, name, { value, writable: true, enumerable: true, configurable: true });
  return true;
}
