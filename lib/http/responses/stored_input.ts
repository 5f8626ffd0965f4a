/**
 * The input of a response as it is kept: items with ids, in the form that clients list.
 *
 * @module
 */
import { isDataUrl } from "../data_url.ts";
import type { InputItem, InputPart } from "./schema.ts";

/** An item that is kept. */
export type StoredItem = Record<string, unknown> & { id: string; type: string };

const ID_PREFIXES: Readonly<Record<string, string>> = {
  function_call: "fc",
  function_call_output: "fco",
  reasoning: "rs",
};

/** Most input that is kept with one response: clients repeat long histories with every request. */
export const MAX_STORED_INPUT_CHARS = 1024 * 1024;

/**
 * Prepares items for keeping. Data of images and files is left out: it is large, and the transcript
 * has what the model saw. Of more than {@linkcode MAX_STORED_INPUT_CHARS} the newest items stay.
 */
export function toStoredInput(items: readonly InputItem[], responseId: string): StoredItem[] {
  const kept: StoredItem[] = [];
  let left = MAX_STORED_INPUT_CHARS;
  for (let index = items.length - 1; index >= 0; index--) {
    const item = toStoredItem(items[index]!, index, responseId);
    left -= JSON.stringify(item).length;
    if (left < 0) break;
    kept.push(item);
  }
  return kept.reverse();
}

function toStoredItem(item: InputItem, index: number, responseId: string): StoredItem {
  const type = item.type ?? "message";
  const base = responseId.slice("resp_".length);
  const id = item.id || `${ID_PREFIXES[type] ?? "msg"}_${base}_i${index}`;
  return { ...withParts(item), type, id, status: "completed" };
}

function withParts(item: InputItem): Record<string, unknown> {
  if (item.type === "function_call_output" && typeof item.output !== "string") {
    return { ...item, output: item.output.map(withoutData) };
  }
  if (item.type !== "message" && item.type !== undefined) return item;
  const kind = item.role === "assistant" ? "output_text" : "input_text";
  const content = typeof item.content === "string"
    ? [{ type: kind, text: item.content }]
    : item.content.map(withoutData);
  return { ...item, content };
}

function withoutData(part: InputPart): Record<string, unknown> {
  if (part.type === "input_image") {
    const url = part.source?.type === "url" ? part.source.url : part.image_url;
    const isData = !url || isDataUrl(url);
    return { type: part.type, detail: part.detail ?? "auto", image_url: isData ? null : url };
  }
  if (part.type !== "input_file") return part;
  const { source } = part;
  const name = part.filename ?? (source?.type === "base64" ? source.filename : undefined);
  const url = source?.type === "url" ? source.url : part.file_url;
  return {
    type: part.type,
    ...(name ? { filename: name } : {}),
    ...(url && !isDataUrl(url) ? { file_url: url } : {}),
  };
}
