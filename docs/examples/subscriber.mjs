#!/usr/bin/env node
// A subscriber in Node, without any dependency: a durable consumer. Prints one line for each entry, then acknowledges it.
//
//   subscriber.mjs SOCKET NAME
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const [socketPath, name] = process.argv.slice(2);
// One kept-alive connection for the calls; the stream has its own.
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function send(options, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ socketPath, ...options }, resolve);
    // Longer than the pause between two heartbeats of a stream.
    request.setTimeout(60_000, () => request.destroy(new Error("the daemon is silent")));
    // A connection that was kept may have been closed by the daemon meanwhile. All that is asked here may be asked twice.
    request.on("error", (problem) => (request.reusedSocket ? resolve(send(options, body)) : reject(problem)));
    request.end(body);
  });
}

async function call(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  const answer = await send({ method, path, headers, agent }, JSON.stringify(body));
  let text = "";
  for await (const part of answer) text += part;
  if (answer.statusCode >= 400) throw new Error(text);
  return answer.statusCode;
}

// What is to be done with an entry goes here. It may come twice: what was not acknowledged comes again.
async function dealWith(entry) {
  console.log(entry.id, entry.type, entry.subject, entry.data.status);
}

// Unlike readline, this ends with an error that can be caught when the connection breaks.
async function* linesOf(stream) {
  let rest = "";
  for await (const part of stream.setEncoding("utf8")) {
    const lines = (rest + part).split("\n");
    rest = lines.pop();
    yield* lines;
  }
}

async function follow() {
  const path = `/v1/consumers/${name}`;
  // Makes the consumer if it is not there, or there no more: then it begins with the oldest entry kept, since seeing some twice is better
  // than missing one; otherwise it goes on where it was.
  if ((await call("PUT", path, { after: "earliest" })) === 201) console.error("a new consumer: from the oldest entry kept");
  const stream = await send({ path: `${path}/events`, headers: { Accept: "application/x-ndjson" }, agent: false });
  if (stream.statusCode !== 200) throw new Error(`status ${stream.statusCode}`);
  for await (const line of linesOf(stream)) {
    const entry = JSON.parse(line);
    if (entry.control === "reset") {
      console.log(entry.place, "reset");
      await call("POST", `${path}/ack`, { place: entry.place });
    } else if (entry.control === undefined) {
      await dealWith(entry);
      await call("POST", `${path}/ack`, { place: entry.id });
    }
  }
}

for (;;) {
  try {
    await follow();
  } catch (problem) {
    console.error(problem.message);
  }
  await sleep(1000); // the daemon restarts, or another of us follows
}
