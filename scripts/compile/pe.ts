/**
 * Windows executables: the size of the resource in which `deno compile` keeps its payload.
 *
 * @module
 */
import { viewOf } from "./bytes.ts";

const RT_RCDATA = 10;
const RESOURCE_DIRECTORY_INDEX = 2;
const RESOURCE_NAME = "D3N0L4ND";

interface ResourceSection {
  readonly fileOffset: number;
}

function findResources(view: DataView): ResourceSection | undefined {
  const header = view.getUint32(0x3c, true);
  if (view.getUint32(header, true) !== 0x4550) throw new Error("Cannot read PE: no header");
  const sections = view.getUint16(header + 6, true);
  const optional = header + 24;
  if (view.getUint16(optional, true) !== 0x20b) throw new Error("Cannot read PE: not 64-bit");
  const address = view.getUint32(optional + 112 + RESOURCE_DIRECTORY_INDEX * 8, true);
  if (address === 0) return undefined;
  const table = optional + view.getUint16(header + 20, true);
  for (let index = 0; index < sections; index++) {
    const at = table + index * 40;
    const start = view.getUint32(at + 12, true);
    if (address < start || address >= start + view.getUint32(at + 8, true)) continue;
    return { fileOffset: view.getUint32(at + 20, true) + address - start };
  }
  return undefined;
}

/** The entries of one resource directory, as id or name with the offset of what they point to. */
function* entries(view: DataView, root: number, directory: number): Generator<[string, number]> {
  const at = root + directory;
  const count = view.getUint16(at + 12, true) + view.getUint16(at + 14, true);
  for (let index = 0; index < count; index++) {
    const id = view.getUint32(at + 16 + index * 8, true);
    const target = view.getUint32(at + 20 + index * 8, true) & 0x7fffffff;
    yield [id & 0x80000000 ? nameAt(view, root + (id & 0x7fffffff)) : String(id), target];
  }
}

function nameAt(view: DataView, at: number): string {
  const length = view.getUint16(at, true);
  return String.fromCharCode(
    ...Array.from({ length }, (_, index) => view.getUint16(at + 2 + index * 2, true)),
  );
}

/** Bytes of the payload resource of a PE file; 0 when there is none. */
export function embeddedInPe(bytes: Uint8Array): number {
  const view = viewOf(bytes);
  const root = findResources(view)?.fileOffset;
  if (root === undefined) return 0;
  for (const [type, names] of entries(view, root, 0)) {
    if (type !== String(RT_RCDATA)) continue;
    for (const [name, languages] of entries(view, root, names)) {
      if (name.toUpperCase() !== RESOURCE_NAME) continue;
      for (const [, data] of entries(view, root, languages)) {
        return view.getUint32(root + data + 4, true);
      }
    }
  }
  return 0;
}
