/** The resources of a program that its pipeline uses, by the flow of values between them. */
import type { Registration } from "./evaluate";

/** The resources of a component of Streamlake belong to the pipeline. */
const OURS = "streamlake:index:";

/** Types that start work by themselves: what they use belongs to the pipeline, whoever declares it. */
const STARTERS = ["aws:lambda/eventSourceMapping:EventSourceMapping", "aws:scheduler/schedule:Schedule"];

/** The inputs that name the resource which a resource of IAM or S3 changes: a policy's role, a setting's bucket. */
const TARGETS = ["role", "roles", "bucket"];

interface Member {
  readonly registration: Registration;
  readonly isOurs: boolean;
  /** The error that refuses the resource; only for one that is not simulated. */
  refusal?: string;
  /** The URNs that its simulated inputs use. */
  uses: readonly string[];
  isUsed: boolean;
}

export class Pipeline {
  readonly #members = new Map<string, Member>();
  #account: { readonly id: string | undefined; readonly name: string } | undefined;

  add(registration: Registration): void {
    const { urn, type, parent } = registration;
    const isOurs = type.startsWith(OURS) || (this.#members.get(parent ?? "")?.isOurs ?? false);
    this.#members.set(urn, { registration, isOurs, uses: [], isUsed: false });
  }

  /**
   * Notes that the resource is simulated.
   *
   * @param inputs the inputs that are simulated
   * @throws Error if the pipeline now uses a resource that something changes which is not simulated
   */
  simulated({ urn, type, dependencies }: Registration, inputs: readonly string[]): void {
    const member = this.#of(urn);
    member.uses = inputs.flatMap((input) => dependencies[input] ?? []);
    if (member.isOurs || STARTERS.includes(type)) this.#use(urn);
  }

  /** @throws Error, which is `refusal`, if the pipeline needs the resource */
  declaredOnly(registration: Registration, refusal: string): void {
    const member = this.#of(registration.urn);
    member.refusal = refusal;
    if (member.isOurs) throw new Error(refusal);
    for (const target of targetsOf(registration)) {
      if (this.#members.get(target)?.isUsed) throw this.#changes(member, target);
    }
  }

  declaredOnlyAmong(urns: readonly string[]): Registration[] {
    return urns.flatMap((urn) => {
      const member = this.#members.get(urn);
      return member?.refusal === undefined ? [] : [member.registration];
    });
  }

  /**
   * The reason against a resource in another account than the first resource of the pipeline.
   *
   * @param account of the role that the resource's provider assumes
   */
  accountConflict({ urn, name }: Registration, account: string | undefined): string | undefined {
    if (this.#of(urn).isOurs) this.#account ??= { id: account, name };
    if (!this.#account || this.#account.id === account) return undefined;
    const inAccount = (id: string | undefined) =>
      id === undefined ? "the account of the credentials" : `the account ${id}`;
    return `it is in ${inAccount(account)} and "${this.#account.name}" in ${inAccount(this.#account.id)}, and local simulates one account`;
  }

  #use(urn: string): void {
    const member = this.#members.get(urn);
    if (!member || member.isUsed) return;
    member.isUsed = true;
    for (const other of this.#members.values()) {
      if (other.refusal !== undefined && targetsOf(other.registration).includes(urn)) throw this.#changes(other, urn);
    }
    for (const used of member.uses) this.#use(used);
  }

  #changes({ refusal }: Member, target: string): Error {
    const { name } = this.#of(target).registration;
    return new Error(`${refusal}; it changes "${name}", which the pipeline uses`);
  }

  #of(urn: string): Member {
    return this.#members.get(urn) as Member;
  }
}

function targetsOf({ type, dependencies }: Registration): string[] {
  if (!type.startsWith("aws:iam/") && !type.startsWith("aws:s3/bucketPolicy:")) return [];
  return TARGETS.flatMap((input) => dependencies[input] ?? []);
}
