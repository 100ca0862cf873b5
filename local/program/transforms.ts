/** Applies the transforms that a program registers on resources, components and the stack; on AWS, Pulumi's engine does. */
import * as pulumi from "@pulumi/pulumi";
import { Callback } from "@pulumi/pulumi/proto/callback_pb";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import * as state from "@pulumi/pulumi/runtime/state";

/** Takes the place of Pulumi's `CallbackServer` (`pulumi/pulumi`, sdk/nodejs/runtime/callbacks.ts). */
export class Transforms {
  readonly #byToken = new Map<string, pulumi.ResourceTransform>();
  readonly #ofStack: pulumi.ResourceTransform[] = [];
  /** By URN, the transforms of a resource and those that it inherits from its parents. */
  readonly #byUrn = new Map<string, readonly pulumi.ResourceTransform[]>();

  /** Makes the runtime register its transforms here, until its options are reset. */
  install(): void {
    const { getStore } = state as unknown as { getStore(): { supportsTransforms: boolean; callbacks: unknown } };
    const store = getStore();
    store.supportsTransforms = true;
    store.callbacks = this;
  }

  async registerTransform(transform: pulumi.ResourceTransform): Promise<Callback> {
    const token = String(this.#byToken.size);
    this.#byToken.set(token, transform);
    const callback = new Callback();
    callback.setToken(token);
    return callback;
  }

  registerStackTransform(transform: pulumi.ResourceTransform): void {
    this.#ofStack.push(transform);
  }

  async awaitStackRegistrations(): Promise<void> {}

  shutdown(): void {}

  /** Changes the request's properties and provider: by the resource's own transforms, its parents', and the stack's. */
  async apply(request: RegisterResourceRequest, urn: string): Promise<void> {
    const own = request.getTransformsList().flatMap((callback) => this.#byToken.get(callback.getToken()) ?? []);
    const inherited = [...own, ...(this.#byUrn.get(request.getParent()) ?? [])];
    this.#byUrn.set(urn, inherited);
    const transforms = [...inherited, ...this.#ofStack];
    const struct = request.getObject();
    if (transforms.length === 0 || struct === undefined) return;
    const { deserializeProperties, serializeProperties } = pulumi.runtime;
    let props = deserializeProperties(struct, true) as pulumi.Inputs;
    let provider: pulumi.ProviderResource | undefined;
    for (const transform of transforms) {
      const before = { custom: request.getCustom(), type: request.getType(), name: request.getName(), props, opts: {} };
      const after = await transform(before as pulumi.ResourceTransformArgs);
      props = after?.props ?? props;
      provider = after?.opts.provider ?? provider;
    }
    const Struct = struct.constructor as unknown as { fromJavaScript(value: object): typeof struct };
    request.setObject(Struct.fromJavaScript(await serializeProperties("transform", props)));
    const reference = provider && (await pulumi.ProviderResource.register(provider));
    if (reference !== undefined) request.setProvider(reference);
  }
}
