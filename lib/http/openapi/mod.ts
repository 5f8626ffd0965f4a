export function answerOpenApi(): Response {
  return new Response("{}");
}
