/** The results that local's Athena gives for each function are those of Trino. */
import { FUNCTION_CASES } from "../../local/support/athenaFunctions";
import { startTrino, type Trino } from "./trino";

let trino: Trino;
// No table is read: there is no cloud at that address.
beforeAll(async () => {
  trino = await startTrino("http://127.0.0.1:1", "lake");
});
afterAll(() => trino.close());

test.each(FUNCTION_CASES)("%s is %s", async (expression, expected) => {
  expect((await trino.query(`SELECT ${expression}`)).rows).toEqual([[expected]]);
});
