import { testClient } from "./client_tests.ts";
import { ANTHROPIC } from "./clients/anthropic.ts";

testClient(ANTHROPIC);
