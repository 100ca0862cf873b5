import { type StoredLanded, withinBytes } from "../../../cli/target/landedObjects";
import { leftOutText } from "../../../cli/target/window";

const object = (hour: string, size: number) => ({ hour, size }) as StoredLanded;
const objects = [object("2026-11-20T12", 400), object("2026-11-20T11", 600), object("2026-11-20T10", 1_000_000)];

test.each([
  [Number.POSITIVE_INFINITY, 3],
  [1000, 2],
  [999, 1],
  [1, 1],
])("a bound of %d bytes takes %d objects, the newest first", (bound, taken) => {
  const found = withinBytes(objects, bound);
  expect(found).toEqual({ taken: objects.slice(0, taken), left: objects.slice(taken) });
});

test("what is left out is said, with the way to read it", () => {
  expect(leftOutText(withinBytes(objects, 999).left)).toBe(
    "left out 2 objects (1.0 MB) of 2026-11-20T11 and before; --max-mebibytes reads more, --hour another hour",
  );
  expect(leftOutText([])).toBeUndefined();
  expect(withinBytes([], 1)).toEqual({ taken: [], left: [] });
});
