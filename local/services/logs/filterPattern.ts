/**
 * Filter patterns of CloudWatch Logs: terms, exact phrases, exclusions and optional terms; JSON patterns.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
import { ServiceError } from "../../cloud/service";
import { jsonPattern, notSimulated } from "./jsonPattern";

const TERM = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)/y;
/** Terms with other characters need quotation marks. */
const WORD = /^[A-Za-z0-9_]+$/;

/** @throws ServiceError `InvalidParameterException`, also for a part of the syntax that is not simulated, by name */
export function filterPattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (text === "") return () => true;
  if (text.startsWith("{")) return jsonPattern(text);
  if (text.startsWith("[")) throw notSimulated("a space-delimited pattern");
  if (text.startsWith("%")) throw notSimulated("a regular expression");
  const terms = termsOf(text);
  const of = (sign: string) => terms.filter((term) => term.sign === sign).map((term) => term.text);
  const [included, excluded, optional] = [of(""), of("-"), of("?")];
  // AWS ignores optional terms beside others, which is rarely meant.
  if (optional.length > 0 && optional.length < terms.length) throw notSimulated('an optional term ("?") beside others');
  return (message) =>
    included.every((term) => message.includes(term)) &&
    !excluded.some((term) => message.includes(term)) &&
    (optional.length === 0 || optional.some((term) => message.includes(term)));
}

function termsOf(pattern: string): { readonly sign: string; readonly text: string }[] {
  const terms = [];
  for (let at = 0; at < pattern.length; at = TERM.lastIndex) {
    TERM.lastIndex = at;
    const [, sign = "", quoted, word] = TERM.exec(pattern) ?? [];
    if (quoted === undefined && (word === undefined || !WORD.test(word))) {
      throw new ServiceError(
        "InvalidParameterException",
        `Invalid filter pattern: ${pattern}; a term with other characters than letters, digits and "_" needs quotation marks`,
      );
    }
    terms.push({ sign, text: quoted?.replace(/\\(.)/g, "$1") ?? (word as string) });
  }
  return terms;
}
