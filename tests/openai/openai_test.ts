import { testClient } from "./client_tests.ts";
import { OPENAI } from "./clients/openai.ts";

testClient(OPENAI);
