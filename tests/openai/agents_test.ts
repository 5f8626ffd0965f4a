import { testClient } from "./client_tests.ts";
import { AGENTS_CHAT, AGENTS_RESPONSES } from "./clients/agents.ts";

for (const client of [AGENTS_RESPONSES, AGENTS_CHAT]) testClient(client);
