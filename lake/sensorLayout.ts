/** The binary layout of the program's sensor readings, as the devices send them. */
import type { BinaryLayout } from "../formats/binary/layout";

/** Magic `SL` and version 1, then little-endian fields. */
export const sensorLayout: BinaryLayout = {
  name: "sensor_reading",
  magic: "53 4c 01",
  endianness: "little",
  fields: [
    { name: "flags", type: "u8" },
    { name: "sensor_id", type: "u32" },
    { name: "measured_at", type: "timestamp", unit: "ms" },
    { name: "temperature", type: "f64" },
    { name: "humidity", type: "f32" },
    { name: "battery_millivolts", type: "u16" },
    { name: "firmware", type: "text", bytes: 8 },
    { name: "site", type: "text8" },
  ],
};
