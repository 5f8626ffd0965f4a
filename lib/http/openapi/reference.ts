/**
 * The endpoints as a page for people; its head and its rules of access are written elsewhere.
 *
 * @module
 */
import { bodySchema, codesByStatus } from "./document.ts";
import { type Endpoint, type EndpointAnswer, ENDPOINTS } from "./endpoints.ts";

type Json = Record<string, unknown>;

/** The sections of all endpoints, a heading for each group. */
export async function renderEndpoints(): Promise<string> {
  const groups = [...new Set(ENDPOINTS.map(({ group }) => group))];
  const sections = await Promise.all(groups.map(async (group) => {
    const rows = ENDPOINTS.filter((endpoint) => endpoint.group === group);
    return [`## ${group}`, ...await Promise.all(rows.map(renderEndpoint))].join("\n\n");
  }));
  return sections.join("\n\n");
}

async function renderEndpoint(endpoint: Endpoint): Promise<string> {
  const { method, path, summary, parameters, body, answer } = endpoint;
  const parts = [
    `### ${method} ${path}`,
    `${summary}. ${access(endpoint)}`,
    parameters === undefined ? "" : table(
      ["Parameter", "In", "Meaning"],
      parameters.map((each) => [code(each.name), each.in, each.description]),
    ),
    body === undefined ? "" : `Body, at most ${body.limit}:`,
    fieldTable(await bodySchema(endpoint)),
    `Answer: ${mediaTypes(answer)}. ${answer.description}.`,
    table(["Status", "Codes"], statusRows(endpoint)),
    example(endpoint),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function mediaTypes({ type, mayStream }: EndpointAnswer): string {
  const types = [type ?? "nothing", ...(mayStream ? ["text/event-stream"] : [])];
  return types.map(code).join(" or ");
}

/** A row for each status but 200; what is no envelope of an error is told in words. */
function statusRows(endpoint: Endpoint): string[][] {
  const cells = new Map<number, string[]>();
  for (const [status, { description }] of Object.entries(endpoint.others ?? {})) {
    cells.set(Number(status), [description]);
  }
  for (const [status, codes] of codesByStatus(endpoint)) {
    cells.set(status, [...cells.get(status) ?? [], codes.map(code).join(", ")]);
  }
  return [...cells].sort(([a], [b]) => a - b).map(([status, texts]) => [
    String(status),
    texts.join("; "),
  ]);
}

function access({ scope, group, switch: toggle }: Endpoint): string {
  const without = group === "Webhooks" ? `Needs ${code("hooks.token")}.` : "Needs nothing.";
  const needs = scope === undefined ? without : `Needs ${code(scope)}.`;
  if (toggle === undefined) return needs;
  const key = code(`gateway.http.endpoints.${toggle.name}.enabled`);
  return `${needs} Switch: ${key}, ${toggle.isOn ? "on" : "off"} by default.`;
}

function example({ method, path, scope, group, body }: Endpoint): string {
  const url = `http://127.0.0.1:18789${path.replaceAll(/\{(\w+)\}/g, "<$1>")}`;
  const lines = [`curl -s${method === "GET" ? "" : `X ${method}`} '${url}'`];
  if (scope !== undefined) lines.push(`-H "Authorization: Bearer $TOKEN"`);
  if (group === "Webhooks") lines.push(`-H "Authorization: Bearer $HOOK_TOKEN"`);
  if (body !== undefined) {
    lines.push(`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(body.example)}'`);
  }
  return `\`\`\`sh\n${lines.join(" \\\n  ")}\n\`\`\``;
}

function fieldTable(schema: Json | undefined): string {
  const properties = Object.entries((schema?.properties ?? {}) as Record<string, Json>);
  if (properties.length === 0) return "";
  const required = new Set((schema?.required ?? []) as string[]);
  const rows = properties.map(([name, field]) => [
    required.has(name) ? `**${code(name)}**` : code(name),
    typeText(field),
    String(field.description ?? ""),
  ]);
  return table(["Field (**needed**)", "Type", "Meaning"], rows);
}

/** A shape in one cell: kinds and constants, nothing of what is inside. */
function typeText(field: Json): string {
  if (Array.isArray(field.enum)) return field.enum.map((each) => code(String(each))).join(", ");
  if (field.const !== undefined) return code(String(field.const));
  const choices = (field.anyOf ?? field.oneOf) as Json[] | undefined;
  if (choices !== undefined) {
    const texts = choices.filter(({ type }) => type !== "null").map(typeText);
    return [...new Set(texts)].join(" or ");
  }
  if (field.type === "array") return `list of ${typeText((field.items ?? {}) as Json)}`;
  const kinds = [field.type ?? []].flat().filter((kind) => kind !== "null");
  return kinds.length === 0 ? "anything" : kinds.join(" or ");
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}
