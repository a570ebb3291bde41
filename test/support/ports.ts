/**
 * Ports for servers that have to be told theirs. Between the moment a port is found free and the server listening, another process may
 * take it: the system itself, when it needs one for a connection or for somebody who asks for any. So these lie below those it gives
 * away (from 32768 on in Linux, 49152 elsewhere), and each process takes them from a place of its own.
 */
import { createServer } from "node:net";

/** Above what other services usually take. */
const FIRST = 12_000;
const COUNT = 20_000;
/** Of the generator that spreads the processes, whose numbers follow each other. */
const STRIDE = 7919;

let next = (process.pid * STRIDE) % COUNT;

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < COUNT; tries++) {
    const port = FIRST + next;
    next = (next + 1) % COUNT;
    if (await isFree(port)) return port;
  }
  throw new Error("no free port");
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
