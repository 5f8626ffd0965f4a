import { testClient } from "./client_tests.ts";
import { LANGCHAIN } from "./clients/langchain.ts";

testClient(LANGCHAIN);
