/**
 * `wizard.*`: the guided setup over a socket, one at a time.
 *
 * @module
 */
import type { Handlers } from "../../rpc.ts";
import type { GatewayState } from "../../state.ts";
import type { ConfigEditor } from "../config/mod.ts";
import type { SetupWizard } from "./setup_wizard.ts";

/** `wizard.start`, `wizard.next`, `wizard.cancel` and `wizard.status`; loaded at the first call. */
export function wizardMethods(state: GatewayState, editor: ConfigEditor): Handlers {
  let loading: Promise<SetupWizard> | undefined;
  const wizard = () =>
    loading ??= import("./setup_wizard.ts").then(({ SetupWizard }) =>
      new SetupWizard(state, editor)
    );
  return {
    "wizard.start": async ({ params }) => (await wizard()).start(params),
    "wizard.next": async ({ params }) => (await wizard()).next(params),
    "wizard.cancel": async ({ params }) => (await wizard()).cancel(params),
    "wizard.status": async ({ params }) => (await wizard()).status(params),
  };
}
