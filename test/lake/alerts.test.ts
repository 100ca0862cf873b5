import { type AlertRules, alertsOf, claimKey, isRuleName, slotKey, windowOf } from "../../lake/alerts";

const rules: AlertRules = {
  large: (row) => Number(row.total) > 100 && `over 100 in ${row.country}`,
  negative: (row) => Number(row.total) < 0 && "below 0",
};

test.each([
  [{ total: 100, country: "DE" }, []],
  [{ total: 101, country: "DE" }, [{ rule: "large", text: "over 100 in DE" }]],
  [{ total: "-1" }, [{ rule: "negative", text: "below 0" }]],
])("the rules say of %j: %j", (row, alerts) => {
  expect([...alertsOf(row as never, rules)]).toEqual(alerts);
});

test.each<[string, () => unknown, string]>([
  ["throws", () => JSON.parse("{secret"), "the rule r threw SyntaxError"],
  ["returns true", () => true, "the rule r returned boolean, not false or a string"],
  ["returns nothing", () => undefined, "the rule r returned undefined, not false or a string"],
  ["returns null", () => null, "the rule r returned null, not false or a string"],
  ["returns an empty text", () => "", "the rule r returned an empty string, not false or a string"],
  [
    "is asynchronous",
    () => Promise.reject(new Error("late")),
    "the rule r returned a promise (rules are synchronous), not false or a string",
  ],
])("a rule that %s says so, without the row", (_, says, text) => {
  expect([...alertsOf({ secret: 1 }, { r: says as () => false })]).toEqual([{ rule: "r", text }]);
});

test("a text is at most 1000 characters of well-formed Unicode", () => {
  const [alert] = [...alertsOf({}, { r: () => `\ud800${"x".repeat(2000)}` })];
  expect(alert?.text).toBe(`\ufffd${"x".repeat(999)}`);
});

test.each([
  ["2026-11-20T10:59:59.999Z", 60, "20261120T1000Z"],
  ["2026-11-20T11:00:00.000Z", 60, "20261120T1100Z"],
  ["2026-11-20T10:59:59.999Z", 15, "20261120T1045Z"],
  ["2026-11-20T23:59:59.999Z", 1440, "20261120T0000Z"],
])("%s lies in the window of %d minutes that begins at %s", (arrived, minutes, window) => {
  expect(windowOf(Date.parse(arrived), minutes)).toBe(window);
});

test("keys tell rules and texts apart, and nothing else", () => {
  const key = claimKey("alerts/a/", "20261120T1000Z", { rule: "large", text: "over 100 in DE" });
  expect(key).toBe("alerts/a/20261120T1000Z/large-f265e2fab67ff07f.json");
  expect(claimKey("alerts/a/", "20261120T1000Z", { rule: "large", text: "over 100 in FR" })).not.toBe(key);
  expect(slotKey("alerts/a/", "20261120T1000Z", 7)).toBe("alerts/a/20261120T1000Z/message-07.json");
});

test.each([
  ["large-order", true],
  ["a".repeat(64), true],
  ["a".repeat(65), false],
  ["Large", false],
  ["7", false],
  ["a/b", false],
  ["", false],
])("%j as the name of a rule: %p", (name, right) => {
  expect(isRuleName(name)).toBe(right);
});
