/**
 * The guided setup: its questions, what follows from the answers, and a session that is answered step
 * by step. Knows neither sockets nor terminals; who shows the questions is handed in.
 *
 * @module
 */
export type { Choice, Prompter, TextQuestion } from "./prompter.ts";
export { type WizardAnswer, type WizardFlow, WizardSession } from "./session.ts";
export { applySetup, type SetupRun } from "./settings.ts";
export {
  type AccessChoice,
  askSetup,
  type ProviderChoice,
  type SetupChoices,
  type SetupFacts,
} from "./setup_flow.ts";
