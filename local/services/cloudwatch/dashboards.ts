/** CloudWatch dashboards: declared ones and those of PutDashboard, with the checks of their bodies. */
import { pageOf } from "../../cloud/pages";
import {
  type CloudContext,
  type DeclaredResource,
  type Operation,
  type ResourceSimulation,
  ServiceError,
} from "../../cloud/service";
import { dashboardProblems } from "./dashboardBody";

interface Dashboard {
  readonly body: string;
  readonly modifiedMillis: number;
}

interface PutInput {
  readonly DashboardName: string;
  readonly DashboardBody: string;
}

interface ListInput {
  readonly DashboardNamePrefix?: string;
  readonly NextToken?: string;
}

const MAX_LISTED = 1000;
const TYPE = "aws:cloudwatch/dashboard:Dashboard";

export function dashboards(cloud: Pick<CloudContext, "accountId" | "clock">): {
  readonly resources: Readonly<Record<string, ResourceSimulation>>;
  // biome-ignore lint/suspicious/noExplicitAny: one table holds operations with different inputs
  readonly operations: Readonly<Record<string, Operation<any>>>;
} {
  const all = new Map<string, Dashboard>();
  /** Dashboards belong to the account, to no Region. */
  const arnOf = (name: string) => `arn:aws:cloudwatch::${cloud.accountId}:dashboard/${name}`;

  function put(name: string, body: unknown): void {
    if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) {
      throw new ServiceError("InvalidParameterInput", `The value ${name} for field DashboardName is invalid`);
    }
    const problems = dashboardProblems(body);
    if (problems.length > 0) {
      const found = problems.map(({ DataPath: dataPath, Message: message }) => ({ message, dataPath }));
      throw new ServiceError(
        "InvalidParameterInput",
        `The dashboard body is invalid, there are ${found.length} validation errors: ${JSON.stringify(found)}`,
      );
    }
    all.set(name, { body: String(body), modifiedMillis: cloud.clock.now() });
  }

  function get(name: string): Dashboard {
    const dashboard = all.get(name);
    if (dashboard) return dashboard;
    throw new ServiceError("ResourceNotFound", `Dashboard ${name} does not exist`, 404);
  }

  const access = (action: string, name: string) => [{ action: `cloudwatch:${action}`, resource: arnOf(name) }];

  const putDashboard: Operation<PutInput> = {
    access: ({ DashboardName }) => access("PutDashboard", DashboardName),
    run: ({ DashboardName, DashboardBody }) => {
      put(DashboardName, DashboardBody);
      return { DashboardValidationMessages: [] };
    },
  };
  const getDashboard: Operation<{ readonly DashboardName: string }> = {
    access: ({ DashboardName }) => access("GetDashboard", DashboardName),
    run: ({ DashboardName }) => ({
      DashboardArn: arnOf(DashboardName),
      DashboardBody: get(DashboardName).body,
      DashboardName,
    }),
  };
  const listDashboards: Operation<ListInput> = {
    access: () => access("ListDashboards", "*"),
    run: ({ DashboardNamePrefix: prefix = "", NextToken }) => {
      const entries = [...all]
        .filter(([name]) => name.startsWith(prefix))
        .sort(([one], [other]) => (one < other ? -1 : 1));
      const { items, ...next } = pageOf(entries, NextToken === undefined ? {} : { NextToken }, MAX_LISTED);
      return {
        DashboardEntries: items.map(([name, { body, modifiedMillis }]) => ({
          DashboardName: name,
          DashboardArn: arnOf(name),
          LastModified: new Date(modifiedMillis),
          Size: Buffer.byteLength(body),
        })),
        ...next,
      };
    },
  };
  const deleteDashboards: Operation<{ readonly DashboardNames: readonly string[] }> = {
    access: ({ DashboardNames }) => DashboardNames.flatMap((name) => access("DeleteDashboards", name)),
    run: ({ DashboardNames }) => {
      // None is deleted if one is missing (API reference, DeleteDashboards).
      for (const name of DashboardNames) get(name);
      for (const name of DashboardNames) all.delete(name);
      return {};
    },
  };

  function declared({ inputs }: DeclaredResource) {
    const name = String(inputs.dashboardName);
    put(name, inputs.dashboardBody);
    return { id: name, outputs: { dashboardArn: arnOf(name), dashboardName: name } };
  }

  return {
    resources: {
      [TYPE]: {
        simulated: ["dashboardName", "dashboardBody"],
        replaceOn: ["dashboardName"],
        create: async (resource) => declared(resource),
        update: async (_name, resource) => declared(resource),
        delete: async (name) => void all.delete(name),
      },
    },
    operations: {
      PutDashboard: putDashboard,
      GetDashboard: getDashboard,
      ListDashboards: listDashboards,
      DeleteDashboards: deleteDashboards,
    },
  };
}
