/** Fixed-layout binary: frames of declared layouts, each beginning with its magic, one row per frame. */

import type { Format, FormatReader } from "../format";
import { FormatError } from "../formatError";
import { beyond, type Limits } from "../limits";
import type { Payload } from "../payload";
import type { DecodedRow, Row } from "../row";
import { rowTemplate } from "../values/rowTemplate";
import { encodeField, FieldError, type FrameCursor, fieldReader, type ReadField, skipBytes } from "./fields";
import { type BinaryLayout, type BinaryOptions, checkBinaryOptions, magicOf } from "./layout";

interface OpenLayout {
  readonly magic: Buffer;
  readonly template: Row;
  readonly fields: readonly OpenField[];
}

interface OpenField {
  readonly name: string;
  /** Absent for `pad`. */
  readonly read?: ReadField;
  readonly skip: number;
}

/**
 * Claims payloads that begin with the magic of a declared layout. It is tried before the text formats. Frames follow
 * each other without gaps until the payload ends; a payload with an incomplete frame, or with bytes that do not
 * begin a frame, is refused as a whole.
 */
export const binary: Format<"binary", BinaryOptions> = {
  name: "binary",
  check: checkBinaryOptions,
  open(options, limits): FormatReader {
    const layouts = options.layouts.map((layout) => openLayout(layout, options.layoutColumn));
    return {
      detect: (payload) => layoutAt(layouts, payload.bytes, 0) !== undefined,
      decode: (payload) => decodeFrames(payload, layouts, limits),
    };
  },
  encode: (rows, options) => Buffer.concat(rows.map((row) => encodeFrame(row, options))),
};

function openLayout(layout: BinaryLayout, layoutColumn: string | undefined): OpenLayout {
  const fields = layout.fields.map((field): OpenField => {
    if (field.type === "pad") return { name: "", skip: field.bytes };
    return { name: field.name, read: fieldReader(field, layout.endianness === "little"), skip: 0 };
  });
  const names = fields.filter((field) => field.read).map((field) => field.name);
  const template = rowTemplate(layoutColumn === undefined ? names : [layoutColumn, ...names]);
  if (layoutColumn !== undefined) template[layoutColumn] = layout.name;
  return { magic: Buffer.from(magicOf(layout), "hex"), template, fields };
}

function layoutAt(layouts: readonly OpenLayout[], bytes: Buffer, at: number): OpenLayout | undefined {
  return layouts.find(({ magic }) => magic.every((byte, index) => bytes[at + index] === byte));
}

function decodeFrames({ bytes, unpacked }: Payload, layouts: readonly OpenLayout[], limits: Limits): DecodedRow[] {
  const cursor: FrameCursor = { bytes, at: 0 };
  const rows: DecodedRow[] = [];
  let values = 0;
  while (cursor.at < bytes.length) {
    const layout = layoutAt(layouts, bytes, cursor.at);
    if (!layout) throw new FormatError("binary", `no layout's magic at byte ${cursor.at} of ${bytes.length}`);
    if (rows.length === limits.rows) throw new FormatError("binary", beyond("rows", limits.rows), "limits");
    values += layout.fields.length;
    unpacked.values += layout.fields.length;
    if (values > limits.values) throw new FormatError("binary", beyond("values", limits.values), "limits");
    cursor.at += layout.magic.length;
    rows.push({ row: decodeFrame(cursor, layout) });
  }
  return rows;
}

function decodeFrame(cursor: FrameCursor, layout: OpenLayout): Row {
  const row: Row = { ...layout.template };
  for (let index = 0; index < layout.fields.length; index++) {
    const field = layout.fields[index] as OpenField;
    const start = cursor.at;
    try {
      if (field.read) row[field.name] = field.read(cursor);
      else skipBytes(cursor, field.skip);
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      const where = `byte ${start} of ${cursor.bytes.length}, field ${index + 1}`;
      throw new FormatError("binary", `${where}: ${error.message}`, "format", { cause: error });
    }
  }
  return row;
}

function encodeFrame(row: Row, options: BinaryOptions): Buffer {
  const wanted = options.layoutColumn === undefined ? undefined : row[options.layoutColumn];
  const layout = options.layouts.find(({ name }) => wanted === undefined || name === wanted) as
    | BinaryLayout
    | undefined;
  if (!layout) throw new TypeError(`binary has no layout of the name that a row gives in "${options.layoutColumn}"`);
  const frame: Buffer[] = [Buffer.from(magicOf(layout), "hex")];
  for (const field of layout.fields) {
    const name = field.type === "pad" ? "pad" : field.name;
    try {
      frame.push(encodeField(field, field.type === "pad" ? null : row[field.name], layout.endianness === "little"));
    } catch (error) {
      throw new TypeError(`binary layout "${layout.name}": the value of "${name}" ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
  return Buffer.concat(frame);
}
