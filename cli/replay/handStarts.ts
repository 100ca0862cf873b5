/** The starts by hand of the hourly step that cover hours which it no longer looks back to. */
import { addHours, type Hour } from "../../lake/hour";

/**
 * Each start looks back from its own hour, so the last hour comes first, then one start for every look-back before it, until
 * the first hour is covered.
 *
 * @param lookbackHours the hour that is asked for included, as in `HourlyEtlArgs`
 */
export function handStarts(firstHour: Hour, lastHour: Hour, lookbackHours: number): Hour[] {
  const starts: Hour[] = [];
  for (let hour = lastHour; hour >= firstHour; hour = addHours(hour, -lookbackHours)) starts.push(hour);
  return starts;
}
