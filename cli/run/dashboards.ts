/** Runs the query of each visual of the program's dashboards. */
import type { QuickSightService } from "../../local/services/quicksight/service";
import type { LocalCloud } from "../../local/startLocal";
import { counting } from "../terminal/wording";

export interface DashboardReport {
  /** The dashboard's name. */
  readonly name: string;
  readonly visuals: readonly VisualReport[];
}

interface VisualReport {
  readonly title: string;
  /** `"bar"` */
  readonly kind: string;
  /** Rows that the visual draws. */
  readonly rows: number;
  /** The reason why its query failed, which makes the run fail. */
  readonly error?: string;
}

export async function drawDashboards(cloud: Pick<LocalCloud, "service">): Promise<DashboardReport[]> {
  const service = cloud.service("quicksight") as QuickSightService;
  const reports: DashboardReport[] = [];
  for (const { id, name, visuals } of service.dashboards()) {
    const drawn: VisualReport[] = [];
    for (let index = 0; index < visuals.length; index++) {
      const { visual, rows, error } = await service.draw(id, index);
      drawn.push({ title: visual.title, kind: visual.kind, rows: rows.length, ...(error !== undefined && { error }) });
    }
    reports.push({ name, visuals: drawn });
  }
  return reports;
}

export function dashboardLines(dashboards: readonly DashboardReport[]): string[] {
  return dashboards.flatMap(({ name, visuals }) => [
    `  ${name}`,
    ...visuals.map(({ title, kind, rows, error }) =>
      error === undefined ? `    ${title} (${kind}): ${counting(rows, "row")}` : `    ${title} (${kind}): failed`,
    ),
  ]);
}

export function dashboardFailures(dashboards: readonly DashboardReport[]): string[] {
  return dashboards.flatMap(({ name, visuals }) =>
    visuals.flatMap(({ title, error }) =>
      error === undefined ? [] : [`dashboard ${name}: the query of the visual "${title}" failed: ${error}`],
    ),
  );
}
