/**
 * The definition of a scheduled task, as text for `schtasks /Create /XML`.
 *
 * @see Microsoft, [MS-TSCH] Task Scheduler Service Remoting Protocol, 2.5
 * @module
 */

/** What a task is made from. */
export interface TaskFacts {
  readonly description: string;
  /** Whose login starts it, such as `OFFICE\ann`; everybody's when absent, which needs an administrator. */
  readonly user: string | undefined;
  readonly program: string;
  readonly args: string;
  readonly folder: string;
}

/**
 * Tries after a start that failed, one a minute; 255 is the most that the schema takes. It does not
 * count a program that ended by itself.
 */
const START_ATTEMPTS = 255;
/** Programs of a task get a low priority for processor and disk unless it asks for 4 to 6. */
const NORMAL_PRIORITY = 5;

/**
 * The text of the definition.
 *
 * A trigger for one user is what lets that user create it without an administrator. `Hidden` stays
 * off: it hides the entry from people, not the window, and the protocol does not stop hidden tasks.
 */
export function buildTaskXml({ description, user, program, args, folder }: TaskFacts): string {
  const userId = user === undefined ? [] : [["UserId", user] as const];
  return '<?xml version="1.0" encoding="UTF-16"?>\r\n' +
    element('Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"', [
      ["RegistrationInfo", [["Author", "OpenClaw"], ["Description", description]]],
      ["Triggers", [["LogonTrigger", [["Enabled", "true"], ...userId]]]],
      ["Principals", [[
        'Principal id="Author"',
        [...userId, ["LogonType", "InteractiveToken"], ["RunLevel", "LeastPrivilege"]],
      ]]],
      ["Settings", SETTINGS],
      ['Actions Context="Author"', [[
        "Exec",
        [["Command", program], ["Arguments", args], ["WorkingDirectory", folder]],
      ]]],
    ], "");
}

type Content = string | readonly (readonly [tag: string, content: Content])[];

const SETTINGS: Content = [
  ["MultipleInstancesPolicy", "IgnoreNew"],
  ["DisallowStartIfOnBatteries", "false"],
  ["StopIfGoingOnBatteries", "false"],
  ["AllowHardTerminate", "true"],
  ["StartWhenAvailable", "true"],
  ["RunOnlyIfNetworkAvailable", "false"],
  ["IdleSettings", [["StopOnIdleEnd", "false"], ["RestartOnIdle", "false"]]],
  ["AllowStartOnDemand", "true"],
  ["Enabled", "true"],
  ["Hidden", "false"],
  ["RunOnlyIfIdle", "false"],
  ["WakeToRun", "false"],
  ["ExecutionTimeLimit", "PT0S"],
  ["Priority", String(NORMAL_PRIORITY)],
  ["RestartOnFailure", [["Interval", "PT1M"], ["Count", String(START_ATTEMPTS)]]],
];

function element(tag: string, content: Content, indent: string): string {
  const end = `</${tag.split(" ")[0]}>\r\n`;
  if (typeof content === "string") return `${indent}<${tag}>${escapeXml(content)}${end}`;
  const inner = content.map(([name, each]) => element(name, each, `${indent}  `)).join("");
  return `${indent}<${tag}>\r\n${inner}${indent}${end}`;
}

function escapeXml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&apos;",
  };
  return text.replace(/[&<>"']/g, (char) => names[char]!);
}

/** The bytes of a text in UTF-16 with its byte order mark, as `schtasks` reads definitions. */
export function encodeUtf16(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(2 * (text.length + 1));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xfeff, true);
  for (let at = 0; at < text.length; at++) {
    view.setUint16(2 * (at + 1), text.charCodeAt(at), true);
  }
  return bytes;
}

/** Whether a definition, as `schtasks /Query /XML` prints it, lets the task be started. */
export function isTaskEnabled(xml: string): boolean {
  // In whatever encoding it came, the names are of ASCII.
  const settings = /<Settings>([\s\S]*?)<\/Settings>/.exec(xml.replaceAll("\0", ""))?.[1] ?? "";
  return !/<Enabled>\s*false\s*<\/Enabled>/.test(settings);
}
