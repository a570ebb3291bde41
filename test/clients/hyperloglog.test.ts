/** The documentation's page on HyperLogLog. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { applications } from "./applications.js";
import { documented } from "./transcript.js";

documented("HyperLogLog", [
  "how many bikes",
  `
    > PFADD bikes Hyperion Deimos Phoebe Quaoar
    (integer) 1
    > PFCOUNT bikes
    (integer) 4
    > PFADD bikes Deimos
    (integer) 0
    > PFADD commuter_bikes Salacia Mimas Quaoar
    (integer) 1
    > PFMERGE all_bikes bikes commuter_bikes
    OK
    > PFCOUNT all_bikes
    (integer) 6
    > PFCOUNT bikes commuter_bikes
    (integer) 6
    > TYPE bikes
    string
    `,
]);

applications("HyperLogLog", ({ io, node }) => {
  test("the documentation's sample for node-redis", async () => {
    assert.equal(await node().pfAdd("bikes", ["Hyperion", "Deimos", "Phoebe", "Quaoar"]), 1);
    assert.equal(await node().pfCount("bikes"), 4);
    assert.equal(await node().pfAdd("commuter_bikes", ["Salacia", "Mimas", "Quaoar"]), 1);
    assert.equal(await node().pfMerge("all_bikes", ["bikes", "commuter_bikes"]), "OK");
    assert.equal(await node().pfCount("all_bikes"), 6);
  });

  test("visitors of two days, counted within a few per cent, with ioredis", async () => {
    const pipeline = io().pipeline();
    for (let i = 0; i < 300; i++) {
      pipeline.pfadd("day:1", ...Array.from({ length: 100 }, (_, k) => `visitor:${i * 100 + k}`));
      pipeline.pfadd("day:2", ...Array.from({ length: 100 }, (_, k) => `visitor:${i * 100 + k + 15_000}`));
    }
    await pipeline.exec();
    assert.ok(Math.abs((await io().pfcount("day:1")) / 30_000 - 1) < 0.03);
    assert.ok(Math.abs((await io().pfcount("day:1", "day:2")) / 45_000 - 1) < 0.03);
    assert.ok((await io().strlen("day:1")) <= 12_304);
  });
});
