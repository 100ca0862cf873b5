/** A case of a control: resources, and what the control says of them. */
import type { ControlConfig, Resource, RunningPack } from "./runningPack";

/** What it is; the resources of a stack, that of interest first; the configuration of the control. */
export type Passing = readonly [title: string, resources: readonly Resource[], config?: ControlConfig];
/** And what is said of the first resource, without the remedy. */
export type Failing = readonly [title: string, resources: readonly Resource[], problem: string, config?: ControlConfig];

export interface ControlCases {
  readonly passes: readonly Passing[];
  readonly fails: readonly Failing[];
}

/** Tests of every case, each under its control's name; `pack` answers once it runs. */
export function testControls(cases: Readonly<Record<string, ControlCases>>, pack: () => RunningPack): void {
  describe.each(Object.entries(cases))("%s", (control, { passes, fails }) => {
    const saidOf = async (resources: readonly Resource[], config: ControlConfig = {}) => {
      const violations = await pack().violations(resources, { [control]: config });
      return violations.filter((violation) => violation.control === control);
    };

    test.each(passes.map((row) => [row[0], row] as const))("passes %s", async (_title, [, resources, config]) => {
      expect(await saidOf(resources, config)).toEqual([]);
    });

    test.each(fails.map((row) => [row[0], row] as const))(
      "fails %s",
      async (_title, [, resources, problem, config]) => {
        const name = resources[0]?.name ?? "it";
        expect(await saidOf(resources, config)).toEqual([
          { control, resource: name, level: "mandatory", message: expect.stringContaining(`${name}: ${problem} `) },
        ]);
      },
    );

    test("says what would be right, and where the control is written", async () => {
      const { policiesList } = await pack().info();
      const about = policiesList.find(({ name }) => name === control);
      const [service, number] = control.toLowerCase().split(".");
      expect(about).toMatchObject({
        description: expect.stringContaining(`${control}: `),
        remediationSteps: expect.stringMatching(/.{10}\.$/),
        url: `https://docs.aws.amazon.com/securityhub/latest/userguide/${service}-controls.html#${service}-${number}`,
        framework: { reference: control },
      });
    });
  });
}

/** A policy document of these statements, as text. */
export function document(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** An `Allow`. */
export function allow(action: string | readonly string[], resource: string | readonly string[], more: object = {}) {
  return { Effect: "Allow", Action: action, Resource: resource, ...more };
}
