import { testClient } from "./client_tests.ts";
import { AI_SDK_COMPATIBLE, AI_SDK_OPENAI, AI_SDK_RESPONSES } from "./clients/ai_sdk.ts";

for (const client of [AI_SDK_OPENAI, AI_SDK_RESPONSES, AI_SDK_COMPATIBLE]) testClient(client);
