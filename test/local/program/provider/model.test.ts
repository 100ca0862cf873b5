/** Random creations, changes and deletions leave exactly what a model says, and nothing that runs. */
import { Seeded } from "../../support/mapping/seeded";
import { KINDS, type Node, PROCESSES } from "../../support/provider/kinds";
import { type ProviderWorld, providerWorld } from "../../support/provider/world";

const SEEDS = [1, 2, 3, 4, 5, 6];
const STEPS = 80;
/** So many of a kind at most. */
const PLACES = 2;

interface Standing extends Node {
  readonly id: string;
  variant: number;
}

class Model {
  readonly standing = new Map<string, Standing>();

  constructor(
    private readonly world: ProviderWorld,
    private readonly random: Seeded,
  ) {}

  private pick<T>(all: readonly T[]): T | undefined {
    return all[Math.floor(this.random.next() * all.length)];
  }

  async step(): Promise<void> {
    const kind = this.pick(Object.keys(KINDS)) as string;
    const name = `${kind.toLowerCase()}-${Math.floor(this.random.next() * PLACES)}`;
    const standing = this.standing.get(name);
    if (!standing) return this.create(kind, name);
    return this.random.next() < 0.5 ? this.change(standing) : this.delete(standing);
  }

  private async create(kind: string, name: string): Promise<void> {
    const { type, inputs } = KINDS[kind] as (typeof KINDS)[string];
    const on = this.groundOf(kind);
    if (!on) return;
    const node = { kind, name, on };
    if (kind === "mapping" && this.isMapped(on)) return;
    const { id } = await this.world.make(type, name, inputs(node, 1));
    this.standing.set(name, { ...node, id, variant: 1 });
  }

  /** What it is to stand on; undefined where something of it is not there. A mapping's policy is that of its function's role. */
  private groundOf(kind: string): Record<string, string> | undefined {
    const on: Record<string, string> = {};
    for (const needed of KINDS[kind]?.on ?? []) {
      const role =
        kind === "mapping" && needed === "rolePolicy" ? this.standing.get(String(on.function))?.on.role : undefined;
      const found = this.pick(
        [...this.standing.values()].filter(
          (each) => each.kind === needed && (role === undefined || each.on.role === role),
        ),
      );
      if (!found) return undefined;
      on[needed] = found.name;
    }
    return on;
  }

  private isMapped(on: Readonly<Record<string, string>>): boolean {
    return [...this.standing.values()].some(
      (each) => each.kind === "mapping" && each.on.function === on.function && each.on.stream === on.stream,
    );
  }

  private async change(standing: Standing): Promise<void> {
    const { type, inputs, changes = true } = KINDS[standing.kind] as (typeof KINDS)[string];
    if (!changes) return;
    standing.variant++;
    await this.world.provider.update(type, standing.id, inputs(standing, standing.variant));
  }

  private async delete(standing: Standing): Promise<void> {
    const isStoodOn = [...this.standing.values()].some(({ on }) => Object.values(on).includes(standing.name));
    if (isStoodOn) return;
    await this.world.provider.delete((KINDS[standing.kind] as (typeof KINDS)[string]).type, standing.id);
    this.standing.delete(standing.name);
  }

  /** The provider's own account, and what the services say. */
  async check(): Promise<void> {
    const expected = [...this.standing.values()].map((node) => {
      const { type, inputs } = KINDS[node.kind] as (typeof KINDS)[string];
      return { type, name: node.name, id: node.id, inputs: inputs(node, node.variant) };
    });
    const kept = this.world.cloud.provisioner.all().map(({ type, name, id, inputs }) => ({ type, name, id, inputs }));
    expect(JSON.stringify(kept)).toBe(JSON.stringify(expected));
    for (const node of this.standing.values()) {
      const { observe, expected: right } = KINDS[node.kind] as (typeof KINDS)[string];
      const said = await observe(this.world, node);
      expect({ name: node.name, said }).toEqual({ name: node.name, said: right(node, node.variant) });
    }
  }

  async deleteAll(): Promise<void> {
    while (this.standing.size > 0) for (const standing of [...this.standing.values()]) await this.delete(standing);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test.each(SEEDS)("seed %i: what stands is what the model says, and at the end nothing stands or runs", async (seed) => {
  const world = await providerWorld();
  try {
    const model = new Model(world, new Seeded(seed));
    for (let step = 0; step < STEPS; step++) {
      await model.step();
      if (step % 20 === 19) await model.check();
    }
    const before = [...model.standing.values()];
    await model.deleteAll();
    expect(world.cloud.provisioner.all()).toEqual([]);
    for (const node of before) {
      if (node.kind === "mapping") continue;
      const said = await (KINDS[node.kind] as (typeof KINDS)[string]).observe(world, node);
      expect({ name: node.name, said: said || undefined }).toEqual({ name: node.name, said: undefined });
    }
    expect([...PROCESSES].filter(isRunning)).toEqual([]);
    expect(world.cloud.usage().unused).toEqual([]);
    await world.cloud.drain();
  } finally {
    await world.close();
  }
});

test("the model makes, changes and deletes every kind", async () => {
  const world = await providerWorld();
  const model = new Model(world, new Seeded(1));
  const seen = new Set<string>();
  for (let step = 0; step < 400 && seen.size < Object.keys(KINDS).length; step++) {
    await model.step();
    for (const { kind } of model.standing.values()) seen.add(kind);
  }
  await world.close();
  expect([...seen].sort()).toEqual(Object.keys(KINDS).sort());
});
