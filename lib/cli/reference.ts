/**
 * The command reference page, made from the command table.
 *
 * @module
 */
import { COMMANDS } from "./commands.ts";
import { argumentLabel, optionLabel, optionText, usageLine, visible } from "./help.ts";
import { ROOT_OPTIONS } from "./parsing/root_flags.ts";
import { childrenOf, commandName, type CommandSpec, type OptionSpec } from "./table.ts";
import { wrapText } from "./width.ts";

const LINE_COLUMNS = 100;

/** `docs/cli.md`, in Markdown. */
export function renderCliReference(): string {
  const [root, ...commands] = COMMANDS;
  const sections = [
    "# Commands",
    "<!-- Made by scripts/gen_docs.ts from the command table; edits here are overwritten. -->",
    paragraph(root!.summary),
    "Root flags may stand anywhere before `--`:",
    optionList(visible(ROOT_OPTIONS)),
    paragraph(EXIT_CODES),
    ...commands.flatMap(renderCommand),
  ];
  return sections.join("\n\n") + "\n";
}

const EXIT_CODES =
  "Exit codes: 0 done, 1 failed, 2 bad root flag, 64 bad command line, 69 gateway unreachable, " +
  "75 try again later, 78 configuration refuses.";

function renderCommand(spec: CommandSpec): string[] {
  const hasChildren = childrenOf(COMMANDS, spec.path).length > 0;
  const argRows = (spec.args ?? []).map((argument) => {
    const choices = argument.choices === undefined ? "" : ` (${argument.choices.join(", ")})`;
    return listItem(argumentLabel(argument), argument.description + choices);
  });
  const options = visible(spec.options);
  const examples = (spec.examples ?? []).map(({ command, description }) =>
    `# ${description}\n${command}`
  );
  return [
    `## \`${commandName(spec.path)}\``,
    paragraph(
      [spec.summary, spec.details].filter((text) => text !== undefined).join(". ")
        .replace(/\.?$/, "."),
    ),
    "```\n" + usageLine(spec, hasChildren) + "\n```",
    ...(argRows.length > 0 ? [argRows.join("\n")] : []),
    ...(options.length > 0 ? [optionList(options)] : []),
    ...(examples.length > 0 ? ["```sh\n" + examples.join("\n\n") + "\n```"] : []),
  ];
}

function optionList(options: readonly OptionSpec[]): string {
  return options.map((option) => listItem(optionLabel(option), optionText(option))).join("\n");
}

/** Lines are broken where the formatter would break them. */
function paragraph(text: string): string {
  return wrapText(text, LINE_COLUMNS).join("\n");
}

function listItem(name: string, text: string): string {
  return "- " + wrapText(`\`${name}\`: ${text}`, LINE_COLUMNS - 2).join("\n  ");
}
