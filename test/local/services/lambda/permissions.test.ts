/** Permissions of services to invoke functions: for their function, service, source and account alone. */
import { Permissions } from "../../../../local/services/lambda/permissions";

const ARN = "arn:aws:lambda:us-east-1:123456789012:function:fn";
const SOURCE = "arn:aws:execute-api:us-east-1:123456789012:a1/$default/POST/records";
const INPUTS = { action: "lambda:InvokeFunction", function: "fn", principal: "apigateway.amazonaws.com" };

const declared = (inputs: object, name = "p") => ({
  type: "aws:lambda/permission:Permission",
  name,
  inputs: { ...INPUTS, ...inputs },
});

test.each<[object, boolean]>([
  [{}, true],
  [{ function: ARN }, true],
  [{ function: "other" }, false],
  [{ principal: "sns.amazonaws.com" }, false],
  [{ sourceArn: "arn:aws:execute-api:us-east-1:123456789012:a1/*" }, true],
  [{ sourceArn: "arn:aws:execute-api:us-east-1:123456789012:a2/*" }, false],
  [{ sourceAccount: "123456789012" }, true],
  [{ sourceAccount: "210987654321" }, false],
])("a permission with %j allows the invocation: %s", async (inputs, allowed) => {
  const permissions = new Permissions("123456789012");
  expect(permissions.allow("fn", "apigateway.amazonaws.com", SOURCE)).toBe(false);
  const { id } = await permissions.resource.create(declared(inputs));
  expect(permissions.allow("fn", "apigateway.amazonaws.com", SOURCE)).toBe(allowed);
  await permissions.resource.delete(id, declared(inputs));
  expect(permissions.allow("fn", "apigateway.amazonaws.com", SOURCE)).toBe(false);
});

test("a statement of a name that the policy has is refused, as on AWS", async () => {
  const permissions = new Permissions("123456789012");
  await permissions.resource.create(declared({ statementId: "api" }));
  await expect(permissions.resource.create(declared({ statementId: "api" }, "q"))).rejects.toThrow(
    `the function's policy already has a statement "api"`,
  );
});

test.each<[string, object, string]>([
  ["an account", { principal: "210987654321" }, "lambda:InvokeFunction for 210987654321"],
  ["a function URL", { action: "lambda:InvokeFunctionUrl" }, "lambda:InvokeFunctionUrl for apigateway.amazonaws.com"],
])("a permission for %s is refused", async (_name, inputs, what) => {
  await expect(new Permissions("123456789012").resource.create(declared(inputs))).rejects.toThrow(
    `local/lambda: "p": ${what} is not simulated; use lambda:InvokeFunction for a service, see docs/fidelity.md`,
  );
});
