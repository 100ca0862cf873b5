import { gunzipSync } from "node:zlib";
import { compress } from "../../functions/compress";

test("the header holds no time and no operating system", () => {
  expect([...compress("text").subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255]);
});

test("the same text gives the same bytes, which hold it", () => {
  const text = Array.from({ length: 5000 }, (_, index) => `{"n":${index},"é":"😀"}\n`).join("");
  expect(Buffer.compare(compress(text), compress(text))).toBe(0);
  expect(gunzipSync(compress(text)).toString("utf8")).toBe(text);
});
