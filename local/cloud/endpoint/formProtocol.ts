/** The AWS query protocol of IAM, STS and SNS: a form in, XML out. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
import type { Cloud } from "../cloud";
import { type CallContext, operationOf, ServiceError } from "../service";
import { type HttpRequest, type HttpResponse, textOf } from "./http";
import { serviceErrorOf } from "./jsonProtocol";
import { element, elements } from "./xml";

const NAMESPACES: Readonly<Record<string, string>> = {
  sts: "https://sts.amazonaws.com/doc/2011-06-15/",
  iam: "https://iam.amazonaws.com/doc/2010-05-08/",
  sns: "http://sns.amazonaws.com/doc/2010-03-31/",
};

export async function answerForm(
  cloud: Cloud,
  request: HttpRequest,
  context: CallContext,
  serviceName: string | undefined,
): Promise<HttpResponse> {
  const metadata = element("RequestId", context.requestId);
  const headers = { "content-type": "text/xml", "x-amzn-requestid": context.requestId };
  try {
    const form = new URLSearchParams(await textOf(request.body));
    const action = form.get("Action") ?? "";
    const namespace = NAMESPACES[serviceName ?? ""];
    const service = cloud.services().find((candidate) => candidate.name === serviceName);
    if (!service || !namespace)
      throw new ServiceError("InvalidAction", `local: nothing here answers ${action} of "${serviceName}"`);
    const operation = operationOf(service, action);
    const input = inputOf(form);
    cloud.authorize(context.principal, operation.access(input));
    const output = (await operation.run(input, context)) ?? {};
    const result = `<${action}Result>${elements(output as object, "member")}</${action}Result>`;
    const body = `<${action}Response xmlns="${namespace}">${result}<ResponseMetadata>${metadata}</ResponseMetadata></${action}Response>`;
    return { status: 200, headers, body };
  } catch (error) {
    const { code, message, status } = serviceErrorOf(error);
    const isDenied = code === "AccessDeniedException";
    const known = isDenied ? (serviceName === "sns" ? "AuthorizationError" : "AccessDenied") : code;
    const details = elements({ Type: status < 500 ? "Sender" : "Receiver", Code: known, Message: message }, "member");
    return {
      status: isDenied ? 403 : status,
      headers,
      body: `<ErrorResponse><Error>${details}</Error>${metadata}</ErrorResponse>`,
    };
  }
}

/**
 * `Tags.member.1.Key=a` becomes `{ Tags: [{ Key: "a" }] }`; the entries of a map, `Attributes.entry.1.key=a` and
 * `…value=b`, become `{ Attributes: { a: "b" } }`. Values stay strings.
 */
function inputOf(form: URLSearchParams): Record<string, unknown> {
  const root: Record<string, unknown> = Object.create(null);
  for (const [path, value] of form) {
    if (path === "Action" || path === "Version") continue;
    const steps = path.split(".");
    let at = root;
    for (const step of steps.slice(0, -1)) {
      const next = at[step];
      if (typeof next === "object" && next !== null) at = next as Record<string, unknown>;
      else at = at[step] = Object.create(null) as Record<string, unknown>;
    }
    at[steps.at(-1) as string] = value;
  }
  return shaped(root) as Record<string, unknown>;
}

function shaped(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const node = value as Record<string, unknown>;
  const members = node.member as Record<string, unknown> | undefined;
  if (typeof members === "object") return inOrder(members).map(shaped);
  const entries = node.entry as Record<string, unknown> | undefined;
  if (typeof entries === "object") {
    return Object.fromEntries(
      inOrder(entries).map((entry) => {
        const { key, Name, value: given, Value } = entry as Record<string, unknown>;
        return [String(key ?? Name), shaped(given ?? Value)];
      }),
    );
  }
  return Object.fromEntries(Object.entries(node).map(([name, child]) => [name, shaped(child)]));
}

function inOrder(numbered: Record<string, unknown>): unknown[] {
  return Object.entries(numbered)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, value]) => value);
}
