/** docs/quarantine.md lists the reasons that there are, and no others. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { FormatError } from "../../formats/formatError";
import { REASONS } from "../../lake/reasons";
import { createDecoder } from "../formats/support/createDecoder";

test("every reason is documented", () => {
  const text = readFileSync(path.join(__dirname, "../../docs/quarantine.md"), "utf8");
  const table = text.slice(text.indexOf("| reason |"), text.indexOf("The detail holds"));
  expect([...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, reason]) => reason)).toEqual([...REASONS]);
});

test("what is larger than a bound, and what has a wrong checksum, is of the documented reasons", () => {
  const decode = createDecoder({ json: {}, limits: { payloadBytes: 10 } });
  const gzip = gzipSync('{"a":1}');
  gzip.writeUInt32LE(0, gzip.length - 8);
  const reasons = [Buffer.from('{"a":"0123456789"}'), gzip].map((payload) => {
    try {
      return decode(payload).rows;
    } catch (error) {
      return (error as FormatError).reason;
    }
  });
  expect(reasons).toEqual(["too-large", "checksum"]);
  const text = readFileSync(path.join(__dirname, "../../docs/quarantine.md"), "utf8");
  expect(text).toContain("but for `rejected`, whose detail is what `accept` said");
});
