/** Makes sensor readings of a cold chain: small, frequent, and sometimes with a missing value. */
import type { Random } from "./random";

/** The same fields as the binary layout of the program, so that readings of all formats share their columns. */
export type SensorReading = {
  /** Bit 0: the door is open. Bit 1: on battery. */
  flags: number;
  sensor_id: number;
  /** ISO 8601, UTC. */
  measured_at: string;
  /** Degrees Celsius. */
  temperature: number;
  /** Percent; null for a device without a humidity sensor. */
  humidity: number | null;
  battery_millivolts: number;
  firmware: string;
  site: string;
};

const FIRST_READING = Date.parse("2026-11-20T08:00:00.000Z");
const SENSORS = 250;
const SITES = ["Ålesund quay 3", "Bristol depot", "Zürich Hbf", "São Paulo norte", "Oakland pier 7"];
const FIRMWARE = ["2.4.1", "2.4.1", "2.5.0", "3.0.0-b2"];

/** @param index the reading's number in the run, from 0 */
export function sensorReading(random: Random, index: number): SensorReading {
  const sensor = random.integer(1, SENSORS);
  return {
    flags: random.integer(0, 3),
    sensor_id: sensor,
    measured_at: new Date(FIRST_READING + index * 400 + random.integer(0, 399)).toISOString(),
    temperature: Math.round((4 + 3 * Math.sin(index / 500 + sensor) + random.next()) * 100) / 100,
    // A 32-bit float holds halves exactly.
    humidity: sensor % 10 === 0 ? null : random.integer(70, 190) / 2,
    battery_millivolts: random.integer(2900, 3600),
    firmware: random.pick(FIRMWARE),
    site: SITES[sensor % SITES.length] as string,
  };
}
