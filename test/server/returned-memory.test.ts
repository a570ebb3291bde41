/** Memory that was freed goes back to the system, also in a server that has nothing to do. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { residentMegabytes } from "../../bench/process-figures.js";
import { infoField, until } from "../support/embedded.js";
import { RespConnection } from "../support/resp-connection.js";
import { serverFor } from "../support/servers.js";

const skip = process.platform !== "linux" && "reads /proc";

for (const way of ["by itself", "by MEMORY PURGE"]) {
  test(`what FLUSHALL freed goes back to the system, ${way}`, { skip }, async (t) => {
    const server = await serverFor(t, { program: "redstart", args: ["--enable-debug-command", "yes"] });
    const client = await RespConnection.connect(server.port);
    t.after(() => client.close());
    const resident = (): number => residentMegabytes(server.pid)!;
    await client.call("DEBUG", "POPULATE", "1500000", "key", "200");
    const loaded = resident();
    await client.call("FLUSHALL");
    if (way !== "by itself") await client.call("MEMORY", "PURGE");
    await until("all is freed", async () => Number(await infoField(client, "used_memory")) < 1e7);
    const freedMs = performance.now();
    await until("memory has gone back", () => resident() < loaded - 200);
    // Some 8 seconds after its last collection V8 may look by itself.
    assert.ok(performance.now() - freedMs < 5000);
    assert.equal(await client.call("DBSIZE"), 0);
  });
}
