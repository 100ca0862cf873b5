/** Makes rows of a known shape at the speed of an object literal. */
import type { Row, Value } from "../row";
import { rowTemplate } from "./rowTemplate";

type Read<Source> = (source: Source) => Value;

/** A shape is compiled after this many rows, because compiling costs as much as making on the order of a hundred. */
const COMMON = 200;
/** With more names, an object literal is no faster, and engines do not optimize functions that are too long. */
const MAX_NAMES = 100;

/**
 * Makes a row by reading one value per name, in order.
 *
 * The compiled function is `{"a":r0(s),"b":r1(s)}`. Only the names vary, and they are quoted as JSON, so a name from a foreign
 * schema is never code.
 */
export function recordMaker<Source>(
  names: readonly string[],
  readers: readonly Read<Source>[],
): (source: Source) => Row {
  const template = rowTemplate(names);
  let made = 0;
  let make = (source: Source): Row => {
    const row: Row = { ...template };
    for (let index = 0; index < names.length; index++) {
      row[names[index] as string] = (readers[index] as Read<Source>)(source);
    }
    made += 1;
    if (made === COMMON && names.length <= MAX_NAMES) make = compile(names, readers);
    return row;
  };
  return (source) => make(source);
}

/** The key of an object literal: quoted as JSON, and in brackets if it would set the prototype. */
export function literalKey(name: string): string {
  return name === "__proto__" ? '["__proto__"]' : JSON.stringify(name);
}

function compile<Source>(names: readonly string[], readers: readonly Read<Source>[]): (source: Source) => Row {
  const parameters = readers.map((_, index) => `r${index}`);
  const members = names.map((name, index) => `${literalKey(name)}:r${index}(s)`);
  return new Function(...parameters, `return s=>({${members.join(",")}})`)(...readers) as (source: Source) => Row;
}
