/**
 * Which methods this build answers.
 *
 * @module
 */
/**
 * The methods that have a handler, in alphabetical order; a test of the running gateway compares the
 * list with what hello announces. All others are refused as unknown.
 */
export const OFFERED_METHODS: readonly string[] = [
  "agent",
  "agent.wait",
  "agents.list",
  "channels.status",
  "chat.abort",
  "chat.history",
  "chat.send",
  "config.get",
  "health",
  "last-heartbeat",
  "logs.tail",
  "models.list",
  "sessions.abort",
  "sessions.create",
  "sessions.delete",
  "sessions.describe",
  "sessions.get",
  "sessions.list",
  "sessions.messages.subscribe",
  "sessions.messages.unsubscribe",
  "sessions.patch",
  "sessions.preview",
  "sessions.reset",
  "sessions.resolve",
  "sessions.send",
  "sessions.steer",
  "sessions.subscribe",
  "sessions.unsubscribe",
  "status",
  "system-presence",
];
