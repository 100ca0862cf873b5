/** Athena's workgroups and named queries. */
import { ServiceError } from "../../cloud/service";

export interface Workgroup {
  readonly name: string;
  readonly description?: string;
  /** `s3://bucket/prefix/`; without it, every query must name an output location. */
  readonly outputLocation?: string;
  /** True if the workgroup's output location overrides a query's. */
  readonly isEnforced: boolean;
  readonly scanLimitBytes?: number;
  /** True if its queries publish metrics. */
  readonly isMeasured: boolean;
}

export interface NamedQuery {
  readonly NamedQueryId: string;
  readonly Name: string;
  readonly Description?: string;
  readonly Database: string;
  readonly QueryString: string;
  readonly WorkGroup: string;
}

export class Workgroups {
  /** Every account has the workgroup `primary`. */
  readonly #workgroups = new Map<string, Workgroup>([
    ["primary", { name: "primary", isEnforced: false, isMeasured: false }],
  ]);
  readonly #queries = new Map<string, NamedQuery>();

  add(workgroup: Workgroup): void {
    this.#workgroups.set(workgroup.name, workgroup);
  }

  /** Removes a workgroup and its named queries. */
  remove(name: string): void {
    for (const query of this.queriesOf(name)) this.removeQuery(query.NamedQueryId);
    this.#workgroups.delete(name);
  }

  all(): Workgroup[] {
    return [...this.#workgroups.values()];
  }

  get(name: string): Workgroup {
    const workgroup = this.#workgroups.get(name);
    if (!workgroup) throw new ServiceError("InvalidRequestException", `WorkGroup ${name} is not found.`);
    return workgroup;
  }

  addQuery(query: NamedQuery): void {
    this.#queries.set(query.NamedQueryId, query);
  }

  removeQuery(id: string): void {
    this.#queries.delete(id);
  }

  queriesOf(workgroup: string): NamedQuery[] {
    this.get(workgroup);
    return [...this.#queries.values()].filter((query) => query.WorkGroup === workgroup);
  }

  query(id: string): NamedQuery {
    const query = this.#queries.get(id);
    if (!query) throw new ServiceError("InvalidRequestException", `NamedQuery ${id} was not found`);
    return query;
  }
}
