/**
 * Methods about skills.
 *
 * @module
 */
import type { Handlers } from "../../rpc.ts";
import type { GatewayState } from "../../state.ts";
import type { ConfigEditor } from "../config/mod.ts";
import type { SkillUploads } from "./install/mod.ts";

/** `skills.*`; what they need is loaded at the first call. */
export function skillMethods(state: GatewayState, editor: ConfigEditor): Handlers {
  const status = () => import("./status.ts");
  const installs = () => import("./install/mod.ts");
  let loading: Promise<SkillUploads> | undefined;
  const uploads = () => loading ??= installs().then(({ SkillUploads }) => new SkillUploads(state));
  return {
    "skills.status": async ({ params }) => (await status()).skillsStatus(state, params),
    "skills.bins": async () => (await status()).skillBins(state),
    "skills.search": async ({ params }) => (await installs()).searchSkills(state, params),
    "skills.detail": async ({ params }) => (await installs()).skillDetail(state, params),
    "skills.install": async ({ params }) =>
      (await installs()).installSkill(state, await uploads(), params),
    "skills.update": async ({ params }) =>
      "skillKey" in params
        ? (await import("./entry.ts")).updateSkillEntry(editor, params)
        : (await installs()).updateFromHub(state, params),
    "skills.upload.begin": async ({ params }) => (await uploads()).begin(params),
    "skills.upload.chunk": async ({ params }) => (await uploads()).chunk(params),
    "skills.upload.commit": async ({ params }) => (await uploads()).commit(params),
  };
}
