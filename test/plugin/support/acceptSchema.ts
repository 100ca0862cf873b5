/** Records the schema of the components: what `npm run schema` does. */
import * as fs from "node:fs";
import { makers } from "../../../plugin/provider";
import { committedSchema, generatedSchema, SCHEMA_FILE } from "./generatedSchema";
import { schemaBreaks } from "./schemaBreaks";

/** The command's exit code: 1 where it refused. */
export function acceptSchema(evenBreaking: boolean): 0 | 1 {
  const schema = generatedSchema(Object.keys(makers));
  const breaks = fs.existsSync(SCHEMA_FILE) ? schemaBreaks(committedSchema(), schema) : [];
  for (const text of breaks) console.log(text);
  if (breaks.length > 0 && !evenBreaking) {
    console.log("programs in other languages would break; if that is wanted: npm run schema -- --breaking");
    return 1;
  }
  fs.writeFileSync(SCHEMA_FILE, `${JSON.stringify(schema, null, 2)}\n`);
  console.log("plugin/schema.json is written");
  return 0;
}
