/** Reads the visuals of a dashboard's definition, and checks each of their references; refuses by name what is not simulated. */
import { type DataSet, quickSightType } from "../../../lake/dashboard/dataSets";
import {
  AGGREGATES,
  type Aggregate,
  type Dimension,
  type Measure,
  PERIODS,
  type Visual,
} from "../../../lake/dashboard/visuals";
import { isObject } from "../../cloud/json";

/** A data set that exists, by its ARN. */
export type FindDataSet = (arn: string) => DataSet | undefined;

export interface DrawnVisual {
  readonly visual: Visual;
  /** The identifier in the definition is the name. */
  readonly dataSet: DataSet;
  readonly arn: string;
}

type Fields = Readonly<Record<string, unknown>>;

const NUMBERS: readonly string[] = ["INTEGER", "DECIMAL"];

/** @throws Error that names the visual and the reference */
export function readDefinition(definition: unknown, find: FindDataSet): DrawnVisual[] {
  const { DataSetIdentifierDeclarations, Sheets, ...others } = objectOf(definition, "Definition");
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw notSimulated(`the member ${unknown} of a definition`);
  const declared = new Map(
    listOf(DataSetIdentifierDeclarations).map(({ Identifier, DataSetArn }) => {
      const dataSet = find(String(DataSetArn));
      if (!dataSet) throw new Error(`the data set "${Identifier}" has the ARN ${DataSetArn}, which does not exist`);
      return [
        String(Identifier),
        { dataSet: { ...dataSet, name: String(Identifier) }, arn: String(DataSetArn) },
      ] as const;
    }),
  );
  return listOf(Sheets).flatMap(({ Visuals }) => listOf(Visuals).map((one) => visualOf(one, declared)));
}

type Declared = ReadonlyMap<string, { readonly dataSet: DataSet; readonly arn: string }>;

function visualOf(union: Fields, declared: Declared): DrawnVisual {
  const [kind = "", ...more] = Object.keys(union);
  if (more.length > 0) throw new Error(`a visual has several kinds: ${[kind, ...more].join(", ")}`);
  const { VisualId, Title, ChartConfiguration } = objectOf(union[kind], kind);
  const { FormatText } = objectOf(Title ?? {}, "Title");
  const title = String((FormatText as Fields | undefined)?.PlainText ?? VisualId);
  const { FieldWells, SortConfiguration = {} } = objectOf(ChartConfiguration, `${title}: ChartConfiguration`);
  const wells = objectOf(FieldWells, `${title}: FieldWells`);
  const used = new Set<string>();
  const read = new Reader(title, declared, used);
  const limited = (name: string) => {
    const limit = (objectOf(SortConfiguration, title)[name] as Fields | undefined)?.ItemsLimit;
    return typeof limit === "number" ? { limit } : {};
  };
  const well = (name: string) => {
    if (!isObject(wells[name])) throw notSimulated(`the visual "${title}": ${Object.keys(wells)[0]}`);
    return wells[name] as Fields;
  };
  const visual = ((): Visual => {
    switch (kind) {
      case "BarChartVisual":
      case "LineChartVisual": {
        const isBar = kind === "BarChartVisual";
        const { Category, Values, Colors } = well(
          isBar ? "BarChartAggregatedFieldWells" : "LineChartAggregatedFieldWells",
        );
        const [color] = listOf(Colors);
        return {
          kind: isBar ? "bar" : "line",
          title,
          x: read.dimension(only(Category, title)),
          y: listOf(Values).map((field) => read.measure(field)),
          ...(color && { color: read.dimension(color) }),
          ...limited(isBar ? "CategoryItemsLimit" : "CategoryItemsLimitConfiguration"),
        };
      }
      case "PieChartVisual": {
        const { Category, Values } = well("PieChartAggregatedFieldWells");
        const slices = read.dimension(only(Category, title));
        return {
          kind: "pie",
          title,
          slices,
          value: read.measure(only(Values, title)),
          ...limited("CategoryItemsLimit"),
        };
      }
      case "TableVisual": {
        const { GroupBy, Values } = well("TableAggregatedFieldWells");
        return {
          kind: "table",
          title,
          groupBy: listOf(GroupBy).map((field) => read.dimension(field)),
          values: listOf(Values).map((field) => read.measure(field)),
        };
      }
      case "KPIVisual":
        return { kind: "kpi", title, value: read.measure(only(wells.Values, title)) };
      case "ScatterPlotVisual": {
        const { XAxis, YAxis, Category } = well("ScatterPlotCategoricallyAggregatedFieldWells");
        return {
          kind: "scatter",
          title,
          points: read.dimension(only(Category, title)),
          x: read.measure(only(XAxis, title)),
          y: read.measure(only(YAxis, title)),
          ...limited("ScatterPlotLimitConfiguration"),
        };
      }
      case "HeatMapVisual": {
        const { Rows, Columns, Values } = well("HeatMapAggregatedFieldWells");
        const [rows, columns] = [read.dimension(only(Rows, title)), read.dimension(only(Columns, title))];
        return { kind: "heatMap", title, rows, columns, value: read.measure(only(Values, title)) };
      }
      default:
        throw notSimulated(`the kind of visual ${kind}`);
    }
  })();
  const [name = "", ...others] = [...used];
  if (others.length > 0) throw new Error(`the visual "${title}" reads several data sets: ${[...used].join(", ")}`);
  const { dataSet, arn } = declared.get(name) as { dataSet: DataSet; arn: string };
  return { visual: { ...visual, dataSet: name }, dataSet, arn };
}

/** Reads the fields of one visual. */
class Reader {
  constructor(
    private readonly title: string,
    private readonly declared: Declared,
    private readonly used: Set<string>,
  ) {}

  dimension(union: Fields): Dimension {
    const [kind = ""] = Object.keys(union);
    const { Column, DateGranularity } = objectOf(union[kind], kind);
    const { name, type } = this.column(Column);
    const isDate = kind === "DateDimensionField";
    if (isDate !== (type === "DATETIME")) throw this.mismatch(name, type, kind);
    if (!isDate) return { column: name };
    const by = PERIODS.find((period) => period.toUpperCase() === (DateGranularity ?? "DAY"));
    if (by === undefined) throw notSimulated(`the visual "${this.title}": DateGranularity "${DateGranularity}"`);
    return { column: name, by };
  }

  measure(union: Fields): Measure {
    const [kind = ""] = Object.keys(union);
    const { Column, AggregationFunction } = objectOf(union[kind], kind);
    const { name, type } = this.column(Column);
    const isNumber = kind === "NumericalMeasureField";
    if (isNumber && !NUMBERS.includes(type)) throw this.mismatch(name, type, kind);
    const given = isNumber
      ? (AggregationFunction as Fields | undefined)?.SimpleNumericalAggregation
      : AggregationFunction;
    const aggregate = AGGREGATES.find((one) => wireName(one) === given);
    if (aggregate === undefined)
      throw notSimulated(`the visual "${this.title}": the aggregation ${JSON.stringify(given)}`);
    return { aggregate, column: name };
  }

  private column(reference: unknown): { readonly name: string; readonly type: string } {
    const { DataSetIdentifier, ColumnName } = objectOf(reference, `${this.title}: Column`);
    const identifier = String(DataSetIdentifier);
    const found = this.declared.get(identifier);
    if (!found) throw new Error(`the visual "${this.title}" reads the data set "${identifier}", which is not declared`);
    this.used.add(identifier);
    const column = found.dataSet.columns.find(({ name }) => name === ColumnName);
    if (column) return { name: column.name, type: quickSightType(column) };
    throw new Error(
      `the visual "${this.title}" reads the column "${ColumnName}", which the data set "${identifier}" does not have`,
    );
  }

  private mismatch(name: string, type: string, kind: string): Error {
    return new Error(`the visual "${this.title}" reads the column "${name}" of type ${type} as ${kind}`);
  }
}

function wireName(aggregate: Aggregate): string {
  return aggregate === "distinctCount" ? "DISTINCT_COUNT" : aggregate.toUpperCase();
}

function only(fields: unknown, title: string): Fields {
  const [first, ...more] = listOf(fields);
  if (first && more.length === 0) return first;
  throw notSimulated(`the visual "${title}": ${more.length + (first ? 1 : 0)} fields where one is drawn`);
}

function objectOf(value: unknown, what: string): Fields {
  if (isObject(value)) return value;
  throw new Error(`${what} is missing`);
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? (value as Fields[]) : [];
}

function notSimulated(what: string): Error {
  return new Error(`${what} is not simulated`);
}
