import { createWriter } from "../../../functions/parts/writer";
import { memoryStore } from "../support/memoryStore";

const body = Buffer.from("x");

test("no more writes are under way than allowed, and all are done at the end", async () => {
  const store = memoryStore();
  const writer = createWriter(store, 3);
  for (let index = 0; index < 10; index += 1) await writer.write(`k${index}`, body, "1");
  expect(await writer.finish()).toEqual([]);
  expect(store.mostConcurrent()).toBe(3);
  expect(store.objects.size).toBe(10);
});

test("an object that is there already is written, and stays as it is", async () => {
  const store = memoryStore({ key: "before" });
  const writer = createWriter(store, 1);
  await writer.write("key", body, "1");
  expect(await writer.finish()).toEqual([]);
  expect(String(store.objects.get("key"))).toBe("before");
});

test("a write that fails stops no other; the failures come by sequence number", async () => {
  const refused = new Error("refused");
  const store = memoryStore({}, (request) => (request === "PUT b" ? undefined : refused));
  const writer = createWriter(store, 2);
  await writer.write("a", body, "100");
  await writer.write("b", body, "50");
  await writer.write("c", body, "99");
  expect(await writer.finish()).toEqual([
    { key: "c", firstSequence: "99", error: refused },
    { key: "a", firstSequence: "100", error: refused },
  ]);
  expect([...store.objects.keys()]).toEqual(["b"]);
});
