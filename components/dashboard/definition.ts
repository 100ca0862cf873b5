/** Builds QuickSight's definition of a dashboard from its visuals: one sheet, with the visuals on a grid. */
import { type DataSet, quickSightType } from "../../lake/dashboard/dataSets";
import {
  type Dimension,
  dataSetOf,
  fieldsOf,
  limitOf,
  type Measure,
  type Visual,
  visualId,
} from "../../lake/dashboard/visuals";

/** Columns of the grid: https://docs.aws.amazon.com/quicksight/latest/APIReference/API_GridLayoutElement.html */
const GRID_COLUMNS = 36;
const VISUAL_ROWS = 12;
const KPI_ROWS = 6;
const KPIS_PER_ROW = 4;
const VISUALS_PER_ROW = 2;

const PERIODS = {
  minute: "MINUTE",
  hour: "HOUR",
  day: "DAY",
  month: "MONTH",
  quarter: "QUARTER",
  year: "YEAR",
} as const;

const AGGREGATIONS = {
  sum: "SUM",
  average: "AVERAGE",
  min: "MIN",
  max: "MAX",
  count: "COUNT",
  distinctCount: "DISTINCT_COUNT",
} as const;

/** @param arns the ARNs of the data sets that the visuals draw, by name */
export function dashboardDefinition(
  title: string,
  visuals: readonly Visual[],
  dataSets: ReadonlyMap<string, DataSet>,
  arns: Readonly<Record<string, string>>,
) {
  return {
    DataSetIdentifierDeclarations: Object.entries(arns).map(([Identifier, DataSetArn]) => ({ Identifier, DataSetArn })),
    Sheets: [
      {
        SheetId: "visuals",
        Name: title,
        ContentType: "INTERACTIVE" as const,
        Visuals: visuals.map((visual) => visualDefinition(visual, dataSets.get(dataSetOf(visual)) as DataSet)),
        Layouts: [{ Configuration: { GridLayout: { Elements: gridElements(visuals) } } }],
      },
    ],
  };
}

function visualDefinition(visual: Visual, dataSet: DataSet) {
  const VisualId = visualId(visual.title);
  const Title = { Visibility: "VISIBLE" as const, FormatText: { PlainText: visual.title } };
  const { dimensions, measures } = fieldsOf(visual);
  const group = (place: string) =>
    dimensions
      .filter(([known]) => known.replace(/\d+$/, "") === place)
      .map(([known, dimension]) => dimensionField(`${VisualId}.${known}`, dimension, dataSet));
  const measure = (place: string) =>
    measures
      .filter(([known]) => known.replace(/\d+$/, "") === place)
      .map(([known, one]) => measureField(`${VisualId}.${known}`, one, dataSet));
  const sortOf = (place: string) => [sort(VisualId, place, dimensions, measures[0]?.[0] as string, dataSet)];
  const limit = (place: string) => itemsLimit(visual, place, dimensions, dataSet);
  switch (visual.kind) {
    case "bar":
      return {
        BarChartVisual: {
          VisualId,
          Title,
          ChartConfiguration: {
            FieldWells: {
              BarChartAggregatedFieldWells: { Category: group("x"), Values: measure("y"), Colors: group("color") },
            },
            SortConfiguration: {
              CategorySort: sortOf("x"),
              ...withLimit("CategoryItemsLimit", limit("x")),
              ...(visual.color && { ColorSort: sortOf("color"), ...withLimit("ColorItemsLimit", limit("color")) }),
            },
            Orientation: "VERTICAL" as const,
            BarsArrangement: "CLUSTERED" as const,
          },
        },
      };
    case "line":
      return {
        LineChartVisual: {
          VisualId,
          Title,
          ChartConfiguration: {
            FieldWells: {
              LineChartAggregatedFieldWells: { Category: group("x"), Values: measure("y"), Colors: group("color") },
            },
            SortConfiguration: {
              CategorySort: sortOf("x"),
              ...withLimit("CategoryItemsLimitConfiguration", limit("x")),
              ...(visual.color && withLimit("ColorItemsLimitConfiguration", limit("color"))),
            },
            Type: "LINE" as const,
          },
        },
      };
    case "pie":
      return {
        PieChartVisual: {
          VisualId,
          Title,
          ChartConfiguration: {
            FieldWells: { PieChartAggregatedFieldWells: { Category: group("slices"), Values: measure("value") } },
            SortConfiguration: {
              CategorySort: sortOf("slices"),
              ...withLimit("CategoryItemsLimit", limit("slices")),
            },
          },
        },
      };
    case "table":
      return {
        TableVisual: {
          VisualId,
          Title,
          ChartConfiguration: {
            FieldWells: { TableAggregatedFieldWells: { GroupBy: group("groupBy"), Values: measure("values") } },
            SortConfiguration: {
              RowSort: dimensions.map(([place]) => fieldSort(`${VisualId}.${place}`, "ASC")),
            },
          },
        },
      };
    case "kpi":
      return {
        KPIVisual: { VisualId, Title, ChartConfiguration: { FieldWells: { Values: measure("value") } } },
      };
    case "scatter":
      return {
        ScatterPlotVisual: {
          VisualId,
          Title,
          ChartConfiguration: {
            FieldWells: {
              ScatterPlotCategoricallyAggregatedFieldWells: {
                XAxis: measure("x"),
                YAxis: measure("y"),
                Category: group("points"),
              },
            },
            SortConfiguration: { ...withLimit("ScatterPlotLimitConfiguration", limit("points")) },
          },
        },
      };
    case "heatMap":
      return {
        HeatMapVisual: {
          VisualId,
          Title,
          ChartConfiguration: {
            FieldWells: {
              HeatMapAggregatedFieldWells: {
                Rows: group("rows"),
                Columns: group("columns"),
                Values: measure("value"),
              },
            },
            SortConfiguration: {
              HeatMapRowSort: [fieldSort(`${VisualId}.rows`, "ASC")],
              HeatMapColumnSort: [fieldSort(`${VisualId}.columns`, "ASC")],
            },
          },
        },
      };
  }
}

function typeOf(column: string, dataSet: DataSet) {
  const found = dataSet.columns.find(({ name }) => name === column);
  if (!found) throw new Error(`"${dataSet.name}" has no column "${column}".`);
  return quickSightType(found);
}

function dimensionField(FieldId: string, { column, by = "day" }: Dimension, dataSet: DataSet) {
  const field = { FieldId, Column: { DataSetIdentifier: dataSet.name, ColumnName: column } };
  switch (typeOf(column, dataSet)) {
    case "DATETIME":
      return { DateDimensionField: { ...field, DateGranularity: PERIODS[by] } };
    case "STRING":
      return { CategoricalDimensionField: field };
    default:
      return { NumericalDimensionField: field };
  }
}

function measureField(FieldId: string, { aggregate, column }: Measure, dataSet: DataSet) {
  const ColumnName = column ?? (dataSet.countedColumn as string);
  const field = { FieldId, Column: { DataSetIdentifier: dataSet.name, ColumnName } };
  const type = typeOf(ColumnName, dataSet);
  if (type === "INTEGER" || type === "DECIMAL") {
    const AggregationFunction = { SimpleNumericalAggregation: AGGREGATIONS[aggregate] };
    return { NumericalMeasureField: { ...field, AggregationFunction } };
  }
  const AggregationFunction = aggregate === "distinctCount" ? ("DISTINCT_COUNT" as const) : ("COUNT" as const);
  return type === "DATETIME"
    ? { DateMeasureField: { ...field, AggregationFunction } }
    : { CategoricalMeasureField: { ...field, AggregationFunction } };
}

type Places = readonly (readonly [place: string, Dimension])[];

/** Dates in their order; other groups by the first measure, the highest first. */
function sort(VisualId: string, place: string, dimensions: Places, measure: string, dataSet: DataSet) {
  return isDate(place, dimensions, dataSet)
    ? fieldSort(`${VisualId}.${place}`, "ASC")
    : fieldSort(`${VisualId}.${measure}`, "DESC");
}

function fieldSort(FieldId: string, Direction: "ASC" | "DESC") {
  return { FieldSort: { FieldId, Direction } };
}

function itemsLimit(visual: Visual, place: string, dimensions: Places, dataSet: DataSet) {
  const ItemsLimit = limitOf(visual, place);
  if (ItemsLimit === undefined || isDate(place, dimensions, dataSet)) return undefined;
  return { ItemsLimit, OtherCategories: "EXCLUDE" as const };
}

function withLimit<Name extends string, Limit>(name: Name, limit: Limit | undefined): { [key in Name]?: Limit } {
  return (limit === undefined ? {} : { [name]: limit }) as { [key in Name]?: Limit };
}

function isDate(place: string, dimensions: Places, dataSet: DataSet): boolean {
  const dimension = dimensions.find(([known]) => known === place)?.[1];
  return dimension !== undefined && typeOf(dimension.column, dataSet) === "DATETIME";
}

/** Numbers in a row of four, other visuals two beside each other, in the order of the program. */
function gridElements(visuals: readonly Visual[]) {
  let row = 0;
  let column = 0;
  let height = 0;
  return visuals.map(({ kind, title }) => {
    const ColumnSpan = GRID_COLUMNS / (kind === "kpi" ? KPIS_PER_ROW : VISUALS_PER_ROW);
    const RowSpan = kind === "kpi" ? KPI_ROWS : VISUAL_ROWS;
    if (column + ColumnSpan > GRID_COLUMNS || (height !== 0 && height !== RowSpan)) {
      row += height;
      column = 0;
    }
    height = RowSpan;
    const element = {
      ElementId: visualId(title),
      ElementType: "VISUAL" as const,
      ColumnIndex: column,
      ColumnSpan,
      RowIndex: row,
      RowSpan,
    };
    column += ColumnSpan;
    return element;
  });
}
