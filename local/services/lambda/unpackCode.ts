/** Unpacks a function's package to disk, with the bytes that a deployment would upload. */
import { copyFile, cp, mkdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";

/** Fields of Pulumi's asset classes; they identify the classes, because a program may have its own copy of them. */
interface AssetFields {
  readonly __pulumiAsset?: boolean;
  readonly __pulumiArchive?: boolean;
  readonly text?: unknown;
  readonly path?: unknown;
  readonly assets?: unknown;
}

/**
 * Unpacks archives of strings and files, nested archives and whole directories; refuses zip files and URLs.
 *
 * @param logicalName the function's logical name, for errors
 */
export async function unpackCode(logicalName: string, code: unknown, directory: string): Promise<void> {
  const archive = code as AssetFields | undefined;
  const folder = await archive?.path;
  if (typeof folder === "string" && (await stat(folder)).isDirectory()) {
    await cp(folder, directory, { recursive: true });
    return;
  }
  if (archive?.assets === undefined) {
    throw new Error(
      `local/lambda: function "${logicalName}": code must be an AssetArchive or a FileArchive of a directory; other archives are not simulated, see docs/fidelity.md`,
    );
  }
  const assets = (await archive.assets) as Record<string, AssetFields | Promise<AssetFields>>;
  for (const [name, pending] of Object.entries(assets)) {
    const target = path.join(directory, name);
    if (path.relative(directory, target).startsWith("..")) {
      throw new Error(`local/lambda: function "${logicalName}": "${name}" lies outside its package`);
    }
    const asset = await pending;
    if (asset.assets !== undefined) {
      await unpackCode(logicalName, asset, target);
      continue;
    }
    await mkdir(path.dirname(target), { recursive: true });
    const [text, file] = [await asset.text, await asset.path];
    if (typeof text === "string") await writeFile(target, text);
    else if (typeof file === "string" && asset.__pulumiAsset) await copyFile(file, target);
    else throw new Error(`local/lambda: function "${logicalName}": "${name}" is neither a StringAsset nor a FileAsset`);
  }
}
