/**
 * The endpoints as a page for people; its head and its rules of access are written elsewhere.
 *
 * @module
 */
import { bodySchema, codesByStatus } from "./document.ts";
import { type Endpoint, ENDPOINTS } from "./endpoints.ts";

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
    `Answer: ${code(answer.type)}${answer.mayStream ? ` or ${code("text/event-stream")}` : ""}. ` +
    `${answer.description}.`,
    table(
      ["Status", "Codes"],
      codesByStatus(endpoint).map(([status, codes]) => [
        String(status),
        codes.map(code).join(", "),
      ]),
    ),
    example(endpoint),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function access({ scope, switch: toggle }: Endpoint): string {
  const needs = scope === undefined ? "Needs nothing." : `Needs ${code(scope)}.`;
  if (toggle === undefined) return needs;
  const key = code(`gateway.http.endpoints.${toggle.name}.enabled`);
  return `${needs} Switch: ${key}, ${toggle.isOn ? "on" : "off"} by default.`;
}

function example({ method, path, scope, body }: Endpoint): string {
  const url = `http://127.0.0.1:18789${path.replaceAll(/\{(\w+)\}/g, "<$1>")}`;
  const lines = [`curl -s${method === "GET" ? "" : `X ${method}`} '${url}'`];
  if (scope !== undefined) lines.push(`-H "Authorization: Bearer $TOKEN"`);
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
