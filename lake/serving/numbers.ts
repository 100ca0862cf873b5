/** Numbers as DynamoDB keeps them: decimals of 38 digits. */
import { UnfoldedError } from "./unfoldedError";

/** A decimal: `digits` times ten to the power of `exponent`. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html, "Number" */
const MAX_DIGITS = 38;
const MIN_MAGNITUDE = -130;
const MAX_MAGNITUDE = 125;

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/**
 * The number of a decimal: a bigint for an integer that a double cannot hold. So a number of an item is the same before
 * and after it is stored.
 *
 * @throws UnfoldedError for a number that DynamoDB cannot keep
 */
export function storedNumber(value: number | bigint, where: string): number | bigint {
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  if (typeof value === "number" && Math.abs(value) > 1e-100 && Math.abs(value) < 1e15) return value;
  const decimal = decimalOf(String(value));
  if (!decimal) throw new UnfoldedError("value", `${where} is ${typeof value === "number" ? value : "not a number"}`);
  const { digits, exponent } = decimal;
  const length = lengthOf(digits);
  const magnitude = length + exponent - 1;
  if (digits !== 0n && (length > MAX_DIGITS || magnitude < MIN_MAGNITUDE || magnitude > MAX_MAGNITUDE)) {
    throw new UnfoldedError("value", `${where} has ${length} digits and magnitude ${magnitude}, beyond DynamoDB's`);
  }
  return numberOf(decimal);
}

/** Undefined for a string that is not a decimal number. */
export function numberOfText(text: string): number | bigint | undefined {
  const decimal = decimalOf(text);
  return decimal && numberOf(decimal);
}

/** The sum of two decimals, so that 0.1 and 0.2 are 0.3; rounded to a double where it has a fraction. */
export function addNumbers(left: number | bigint, right: number | bigint): number | bigint {
  if (typeof left === "number" && typeof right === "number") {
    const sum = left + right;
    if (Number.isSafeInteger(left) && Number.isSafeInteger(right) && Number.isSafeInteger(sum)) return sum;
  }
  const [a, b] = [decimalOf(String(left)), decimalOf(String(right))];
  if (!a || !b) return Number.NaN;
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = ({ digits, exponent: own }: Decimal) => digits * 10n ** BigInt(own - exponent);
  return numberOf(simplest({ digits: scaled(a) + scaled(b), exponent }));
}

function numberOf({ digits, exponent }: Decimal): number | bigint {
  const value = Number(`${digits}e${exponent}`);
  if (exponent < 0 || Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  return digits * 10n ** BigInt(exponent);
}

function decimalOf(text: string): Decimal | undefined {
  const [matched, sign = "", whole = "", fraction = "", power = "0"] = DECIMAL.exec(text) ?? [];
  if (matched === undefined || whole + fraction === "") return undefined;
  return simplest({
    digits: BigInt(`${sign === "-" ? "-" : ""}${whole}${fraction}`),
    exponent: Number(power) - fraction.length,
  });
}

/** Without zeros at the end of the digits. */
function simplest({ digits, exponent }: Decimal): Decimal {
  if (digits === 0n) return { digits, exponent: 0 };
  const text = String(digits);
  const zeros = text.length - text.replace(/0+$/, "").length;
  return { digits: BigInt(text.slice(0, text.length - zeros)), exponent: exponent + zeros };
}

function lengthOf(digits: bigint): number {
  return String(digits < 0n ? -digits : digits).length;
}
