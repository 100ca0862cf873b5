/** Object keys as paths: plain keys are themselves, hostile keys stay inside the bucket, and every path gives its key back. */
import fc from "fast-check";
import { compareUtf8, keyOfPath, pathOfKey } from "../../../local/cloud/keyPath";

test.each([
  [
    "raw/records/dt=2026-11-20/hour=10/shardId-000000000003-1-2-3.ndjson.gz",
    "raw/records/dt=2026-11-20/hour=10/shardId-000000000003-1-2-3.ndjson.gz",
  ],
  ["a b/ü.txt", "a b/ü.txt"],
  ["../../etc/passwd", ".%u002E/.%u002E/etc/passwd"],
  ["./a", "%u002E/a"],
  ["/etc/passwd", "%empty/etc/passwd"],
  ["a//b", "a/%empty/b"],
  ["a/", "a/%empty"],
  ["a\0b", "a%u0000b"],
  ["a\\..\\b", "a%u005C..%u005Cb"],
  ["100%", "100%u0025"],
  ["%self/%empty/x%more", "%u0025self/%u0025empty/x%u0025more"],
])("%j is kept as %s", (key, file) => {
  expect(pathOfKey(key).join("/")).toBe(file);
  expect(keyOfPath(pathOfKey(key))).toBe(key);
});

test("a long segment is cut into names that a file system takes", () => {
  const key = `${"x".repeat(1000)}/${"ü".repeat(200)}`;
  const names = pathOfKey(key);
  expect(Math.max(...names.map((name) => Buffer.byteLength(name)))).toBeLessThanOrEqual(255);
  expect(keyOfPath(names)).toBe(key);
});

const hostile = fc.array(
  fc.oneof(
    fc.constantFrom("/", "..", ".", "%", "%self", "%more", "%empty", "%u0041", "\0", "\\", " ", "x".repeat(239)),
    fc.string({ unit: "grapheme" }),
  ),
  { minLength: 1, maxLength: 8 },
);

test("every key comes back from its path, whose names are safe and no two keys share", () => {
  fc.assert(
    fc.property(hostile, hostile, (left, right) => {
      const keys = [left.join(""), right.join("")].filter((key) => key !== "");
      const paths = keys.map(pathOfKey);
      expect(paths.map(keyOfPath)).toEqual(keys);
      for (const name of paths.flat()) {
        expect(name === "." || name === ".." || name === "" || name.includes("/") || name.includes("\0")).toBe(false);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
      }
      if (keys.length === 2 && keys[0] !== keys[1]) expect(paths[0]).not.toEqual(paths[1]);
    }),
    { seed: 7, numRuns: 2000 },
  );
});

test("keys are ordered by their UTF-8 bytes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (left, right) => {
      expect(Math.sign(compareUtf8(left, right))).toBe(
        Math.sign(Buffer.compare(Buffer.from(left), Buffer.from(right))),
      );
    }),
    { seed: 7, numRuns: 2000 },
  );
  expect(compareUtf8("\u{1F600}", "\uFFFD")).toBeGreaterThan(0);
});
