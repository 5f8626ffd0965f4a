/**
 * The page of the HTTP interface: a head, the rules of access as the tests check them, the endpoints.
 *
 * @module
 */
import { renderEndpoints } from "../../lib/http/openapi/reference.ts";
import {
  CREDENTIALS,
  type HostRow,
  HOSTS,
  httpVerdict,
  ORIGINS,
  socketVerdict,
} from "../../tests/security/http_table.ts";
import head from "./http_api_head.md" with { type: "text" };

/** The whole page. */
export async function renderHttpApi(): Promise<string> {
  return [head.trim(), accessRules(), await renderEndpoints(), ""].join("\n\n");
}

function accessRules(): string {
  return [
    "## Who is heard",
    "Whoever shows the right credential in a header is heard, wherever the request comes from: a page",
    "cannot know it unless it was told. Where no credential is asked for, modes `none` and",
    "`trusted-proxy`, only programs, the gateway's own pages and listed ones are. Images, scripts,",
    "frames and links of other pages, which come without `Origin`, are told by `Sec-Fetch-Site`.",
    "Probes answer everybody. `tests/security/http_matrix_test.ts` tries every combination.",
    "",
    originTable(),
    "",
    "The name in `Host`, for requests from this machine:",
    "",
    hostTable(),
  ].join("\n");
}

/** Under a name of this machine. */
function originTable(): string {
  const [token] = CREDENTIALS;
  const open = CREDENTIALS.find(({ mode }) => mode === "none")!;
  const [local] = HOSTS;
  const rows = ORIGINS.map((origin) => {
    const http = httpVerdict(origin, local!, open);
    return [
      origin.name,
      httpText(httpVerdict(origin, local!, token!)),
      httpText(http),
      http.isReadable ? "yes" : "no",
      socketText(socketVerdict(origin, local!, token!)),
      socketText(socketVerdict(origin, local!, open)),
    ];
  });
  return table([
    "`Origin`",
    "HTTP, SSE: right token",
    "Mode `none`",
    "CORS",
    "WebSocket: right token",
    "Mode `none`",
  ], rows);
}

function hostTable(): string {
  const cell = (host: HostRow, mode: string) => {
    const who = CREDENTIALS.find((each) => each.mode === mode && each.shows !== "wrong")!;
    return httpText(httpVerdict(ORIGINS[0]!, host, who));
  };
  const modes = ["token", "none", "trusted-proxy"];
  const rows = HOSTS.map((host) => [host.name, ...modes.map((mode) => cell(host, mode))]);
  return table(["`Host`", ...modes.map((mode) => `Mode \`${mode}\``)], rows);
}

function httpText({ status, code }: ReturnType<typeof httpVerdict>): string {
  return code === undefined ? String(status) : `${status} \`${code}\``;
}

function socketText(verdict: string): string {
  return verdict === "heard" ? "heard" : `refused: \`${verdict}\``;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}
