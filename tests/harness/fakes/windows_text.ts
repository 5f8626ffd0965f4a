/**
 * What the programs of Windows print, in three languages.
 *
 * @module
 */
import type { FakeProcess, FakeTask } from "./windows.ts";

type Language = "en" | "es" | "de";

/** Why a call failed. */
export type FailureKind = "denied" | "missing" | "disabled" | "failed" | "bad-xml";

const LABELS: Readonly<Record<Language, readonly string[]>> = {
  en: [
    ...["HostName", "TaskName", "Next Run Time", "Status", "Logon Mode", "Last Run Time"],
    ...["Last Result", "Author", "Task To Run", "Start In", "Comment"],
  ],
  es: [
    ...["Nombre de host", "Nombre de tarea", "Hora próxima ejecución", "Estado"],
    ...["Modo de inicio de sesión", "Último tiempo de ejecución", "Último resultado", "Autor"],
    ...["Tarea que se ejecutará", "Iniciar en", "Comentario"],
  ],
  de: [
    ...[
      "Hostname",
      "Aufgabenname",
      "Nächste Laufzeit",
      "Status",
      "Anmeldemodus",
      "Letzte Laufzeit",
    ],
    ...["Letztes Ergebnis", "Autor", "Auszuführende Aufgabe", "Starten in", "Kommentar"],
  ],
};
const STATES: Readonly<Record<Language, readonly [running: string, ready: string, off: string]>> = {
  en: ["Running", "Ready", "Disabled"],
  es: ["En ejecución", "Listo", "Deshabilitado"],
  de: ["Wird ausgeführt", "Bereit", "Deaktiviert"],
};
const FOLDER: Readonly<Record<Language, string>> = { en: "Folder", es: "Carpeta", de: "Ordner" };
const LISTENING: Readonly<Record<Language, string>> = {
  en: "LISTENING",
  es: "ESCUCHANDO",
  de: "ABHÖREN",
};
const FAILURES: Readonly<Record<Language, Readonly<Record<FailureKind, string>>>> = {
  en: {
    denied: "ERROR: Access is denied.",
    missing: "ERROR: The system cannot find the file specified.",
    disabled: "ERROR: The scheduled task is disabled.",
    failed: "ERROR: The Task Scheduler service is not available.",
    "bad-xml":
      "ERROR: The task XML contains a value which is incorrectly formatted. (9,14):UserId:x",
  },
  es: {
    denied: "ERROR: Acceso denegado.",
    missing: "ERROR: El sistema no puede encontrar el archivo especificado.",
    disabled: "ERROR: La tarea está deshabilitada.",
    failed: "ERROR: El servicio no está disponible.",
    "bad-xml": "ERROR: El XML de la tarea contiene un valor incorrecto. (9,14):UserId:x",
  },
  de: {
    denied: "FEHLER: Zugriff verweigert",
    missing: "FEHLER: Das System kann die angegebene Datei nicht finden.",
    disabled: "FEHLER: Die Aufgabe ist deaktiviert.",
    failed: "FEHLER: Der Dienst ist nicht verfügbar.",
    "bad-xml": "FEHLER: Das Aufgaben-XML enthält einen ungültigen Wert. (9,14):UserId:x",
  },
};

/** Writes in one language. */
export class TaskText {
  readonly #language: Language;
  readonly #hasNumbers: boolean;

  constructor(language: Language, hasNumbers: boolean) {
    this.#language = language;
    this.#hasNumbers = hasNumbers;
  }

  failure(code: number, kind: FailureKind) {
    const status = this.#hasNumbers ? code | 0 : 1;
    return { code: status, stdout: "", stderr: `${FAILURES[this.#language][kind]}\r\n` };
  }

  /** `/Query /V /FO LIST`. */
  list(name: string, { isEnabled, isRunning, result, lastRun }: FakeTask): string {
    const [running, ready, off] = STATES[this.#language];
    const values = [
      ...["OFFICE", `\\${name}`, "N/A", isRunning ? running : isEnabled ? ready : off],
      ...["Interactive only", `11/22/2026 10:00:${String(lastRun).padStart(2, "0")} AM`],
      ...[String(result | 0), "OpenClaw", "conhost.exe --headless", "C:\\x: y", "N/A"],
    ];
    const lines = LABELS[this.#language].map((label, at) =>
      `${`${label}:`.padEnd(38)}${values[at]}`
    );
    return ["", `${FOLDER[this.#language]}: \\`, ...lines, ""].join("\r\n");
  }

  netstat(processes: readonly FakeProcess[]): string {
    const lines = processes.filter(({ port }) => port !== undefined).map(({ pid, port }) =>
      `  TCP    127.0.0.1:${port}        0.0.0.0:0              ${
        LISTENING[this.#language]
      }       ${pid}`
    );
    return ["", ...lines, ""].join("\r\n");
  }

  tasklist(found: FakeProcess | undefined): string {
    if (found === undefined) return "INFO: No tasks are running.\r\n";
    return `\r\nImage Name:   ${found.name}\r\nPID:          ${found.pid}\r\n`;
  }
}

/** A word of a command line as a process shows it. */
export function quotedWord(word: string): string {
  return /^[^\s"]+$/.test(word) ? word : `"${word.replaceAll('"', '\\"')}"`;
}
