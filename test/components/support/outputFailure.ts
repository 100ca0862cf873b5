/** The failure of outputs whose callbacks of `apply` throw, as the engine reports it when it reads them. */
import * as pulumi from "@pulumi/pulumi";

/** The members of an output that Pulumi's types omit; all of them reject when a callback throws. */
interface Reading {
  promise(): Promise<unknown>;
  readonly isKnown: Promise<boolean>;
  readonly isSecret: Promise<boolean>;
  allResources(): Promise<unknown>;
}

/** @returns the message with which all of the outputs reject, or what each gives when they differ */
export async function outputFailure(...outputs: pulumi.Input<unknown>[]): Promise<unknown> {
  // All at once, because a promise that rejects before it is read would end the test run.
  const read = outputs.map((output) => {
    const reading = pulumi.output(output) as unknown as Reading;
    return Promise.all([reading.promise(), reading.isKnown, reading.isSecret, reading.allResources()]);
  });
  const settled = await Promise.allSettled(read);
  const given = settled.map((one) => (one.status === "rejected" ? (one.reason as Error).message : one.value[0]));
  return given.every((message) => message === given[0]) ? given[0] : given;
}
