import { gunzipSync } from "node:zlib";
import { compress } from "../../../functions/parts/compress";

test("the header holds no time and no operating system", () => {
  expect([...compress(Buffer.from("text")).subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255]);
});

test("the same body gives the same bytes, which hold it", () => {
  const text = Array.from({ length: 5000 }, (_, index) => `{"n":${index},"é":"😀"}\n`).join("");
  const body = Buffer.from(text);
  expect(Buffer.compare(compress(body), compress(body))).toBe(0);
  expect(gunzipSync(compress(body)).toString("utf8")).toBe(text);
});
