/** Reads lines of `raw/` as tests look at them: production code needs the `_id` alone. */
/** One line of a `raw/` object. */
interface RawLine {
  readonly id: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly arrived: string;
  readonly format: string;
  readonly stream: string;
  /** The stream partition key. */
  readonly key: string;
  /** The row's own JSON text, exact to the last digit. */
  readonly json: string;
}

const DATA = ',"data":';

/** Reads a line of `raw/`; the data stays text. */
export function readRawLine(line: string): RawLine {
  // Quotes inside the JSON strings before it are escaped, so its first occurrence is the field itself.
  const data = line.indexOf(DATA);
  if (data < 0 || !line.endsWith("}"))
    throw new Error(`lake: a line of ${line.length} characters is not a row of raw/`);
  const fields = JSON.parse(`${line.slice(0, data)}}`) as Record<
    "_id" | "_arrived" | "_format" | "_stream" | "_key",
    string
  >;
  const { _id, _arrived, _format, _stream, _key } = fields;
  return {
    id: _id,
    arrived: _arrived,
    format: _format,
    stream: _stream,
    key: _key,
    json: line.slice(data + DATA.length, -1),
  };
}
