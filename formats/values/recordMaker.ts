/** Makes rows of a known shape at the speed of an object literal. */
import type { Row, Value } from "../row";
import { rowTemplate } from "./rowTemplate";

type Read<Source> = (source: Source) => Value;

/** Rows of one shape are compiled once they have proven common: compiling takes as long as making some hundred of them. */
const COMMON = 200;
/** Beyond as many names an object literal is no faster, and engines give up on functions that are too long. */
const MAX_NAMES = 100;

/**
 * Makes a row by reading one value a name, in order.
 *
 * The compiled function is `{"a":r0(s),"b":r1(s)}`: its only variable parts are the names, quoted as JSON, so a name of
 * somebody else's schema is never code.
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

/** A name as an object literal has it: quoted as JSON, and in brackets where it would set the prototype. */
export function literalKey(name: string): string {
  return name === "__proto__" ? '["__proto__"]' : JSON.stringify(name);
}

function compile<Source>(names: readonly string[], readers: readonly Read<Source>[]): (source: Source) => Row {
  const parameters = readers.map((_, index) => `r${index}`);
  const members = names.map((name, index) => `${literalKey(name)}:r${index}(s)`);
  return new Function(...parameters, `return s=>({${members.join(",")}})`)(...readers) as (source: Source) => Row;
}
