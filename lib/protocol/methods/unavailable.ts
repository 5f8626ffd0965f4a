/**
 * The methods of the protocol that this build does not answer, each with its reason.
 *
 * @module
 */

const BROWSER = "this build has no browser control";
const DREAMS = "this build keeps no dream diary";
const HOOKS = "this build runs no plugins";
const PUSH = "this build sends no push messages to phones";
const SPEECH = "no speech provider is configured";
const TALK = "no realtime voice provider is configured";

/**
 * Method → why it cannot be called, as a part of a sentence. A method that is not here has a handler;
 * a test compares both with what a running gateway announces.
 */
export const UNAVAILABLE_METHODS: Readonly<Record<string, string>> = {
  ...because(BROWSER, "browser.request"),
  ...because(
    DREAMS,
    "doctor.memory.dreamDiary doctor.memory.remHarness " +
      "doctor.memory.backfillDreamDiary doctor.memory.resetDreamDiary " +
      "doctor.memory.resetGroundedShortTerm doctor.memory.repairDreamingArtifacts " +
      "doctor.memory.dedupeDreamDiary",
  ),
  ...because(HOOKS, "nativeHook.invoke"),
  ...because("this build serves no plugin surfaces", "node.pluginSurface.refresh"),
  ...because(PUSH, "push.test"),
  ...because(
    TALK,
    "talk.client.create talk.client.toolCall talk.session.appendAudio talk.session.cancelOutput " +
      "talk.session.cancelTurn talk.session.close talk.session.create talk.session.endTurn " +
      "talk.session.join talk.session.startTurn talk.session.submitToolResult",
  ),
  ...because(SPEECH, "talk.speak tts.convert"),
};

function because(reason: string, methods: string): Record<string, string> {
  return Object.fromEntries(methods.split(" ").map((method) => [method, reason]));
}
