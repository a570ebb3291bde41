/** What a random comparison with Redis does not show by itself: events, memory, what 7.2 does otherwise, bigger sets. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { sortedSetCommands } from "../sorted-set/index.js";
import { geoCommands } from "./index.js";

const SICILY = "Sicily 13.361389 38.115556 Palermo 15.087269 37.502669 Catania";

function harness(): CommandHarness {
  const harness = new CommandHarness(geoCommands, sortedSetCommands);
  harness.run(`GEOADD ${SICILY}`);
  harness.takeEvents();
  return harness;
}

describe("GEOADD", () => {
  test("is a ZADD of geohashes, and says so", () => {
    const geo = harness();
    assert.equal(geo.run("ZSCORE Sicily Palermo"), "3479099956230698");
    assert.equal(geo.run("GEOADD Sicily CH 13.361389 38.115556 Palermo 10 40 x"), "1");
    assert.equal(geo.run("GEOADD Sicily XX CH 14 38 Palermo 10 40 new"), "1");
    assert.equal(geo.run("GEOADD Sicily NX 10 40 Palermo"), "0");
    assert.deepEqual(geo.takeEvents(), ["zadd Sicily", "zadd Sicily"]);
    assert.equal(geo.run("GEOADD other XX 10 40 a"), "0");
    assert.equal(geo.run("ZCARD other"), "0");
  });

  test("changes nothing when one position is wrong", () => {
    const geo = harness();
    assert.equal(geo.run("GEOADD Sicily 10 40 a 181 -0 b"), "ERR invalid longitude,latitude pair 181.000000,-0.000000");
    assert.equal(geo.run("GEOADD Sicily 10 40 a x 1 b"), "ERR value is not a valid float");
    assert.equal(geo.run("GEOADD Sicily NX XX 10 40 a"), "ERR syntax error");
    assert.equal(geo.run("GEOADD Sicily NX CH NX"), "ERR syntax error");
    assert.equal(geo.run("ZCARD Sicily"), "2");
    assert.deepEqual(geo.takeEvents(), []);
  });
});

describe("searches", () => {
  test("one point on the meridian of another is so far from it as the latitudes are", () => {
    const geo = harness();
    geo.run("GEOADD m 10 0 a 10 10 b");
    assert.equal(geo.run("GEODIST m a b"), "1112262.9623");
    assert.equal(geo.run("GEOSEARCHSTORE to m FROMLONLAT 10 0 BYRADIUS 2000 km ASC STOREDIST"), "2");
  });

  test("distances of what scores say that are no positions", () => {
    const geo = harness();
    geo.run("ZADD s 9007199254740992 a -5 b inf c");
    assert.equal(geo.run("GEOPOS s a"), "*1 *2 $3 180 $21 -85.05112751263942528");
    assert.equal(geo.run("GEOHASH s a b"), "*2 $11 00bh0hbj200 $11 bp05b5048p0");
  });

  test("store into a key, over what it had, and remove it when nothing is found", () => {
    const geo = harness();
    geo.run("ZADD to 1 old");
    geo.takeEvents();
    assert.equal(geo.run("GEORADIUS Sicily 15 37 200 km STORE to"), "2");
    assert.equal(geo.run("GEORADIUSBYMEMBER Sicily Palermo 1 m STOREDIST to"), "1");
    assert.equal(geo.run("ZRANGE to 0 -1 WITHSCORES"), "*2 $7 Palermo $1 0");
    assert.equal(geo.run("GEOSEARCHSTORE to Sicily FROMLONLAT 0 0 BYRADIUS 1 m"), "0");
    assert.equal(geo.run("GEOSEARCHSTORE to none FROMMEMBER x BYRADIUS 1 m"), "0");
    assert.deepEqual(geo.takeEvents(), ["georadiusstore to", "georadiusstore to", "del to", "keymiss none"]);
    assert.equal(geo.run("GEOSEARCHSTORE Sicily Sicily FROMLONLAT 15 37 BYRADIUS 100 km"), "1");
    assert.deepEqual(geo.takeEvents(), ["geosearchstore Sicily"]);
    assert.deepEqual(geo.arena.verify(geo.keyspace.liveBlocks()), []);
  });

  test("a result becomes big when it must, and a big set is searched like a small one", () => {
    const geo = harness();
    const positions = Array.from({ length: 400 }, (_, i) => `${(i % 20) / 10} ${Math.floor(i / 20) / 10} m${i}`);
    geo.run(`GEOADD grid ${positions.join(" ")}`);
    assert.equal(geo.encoding("grid"), "skiplist");
    assert.equal(geo.run("GEOSEARCHSTORE few grid FROMMEMBER m0 BYBOX 100 100 km"), "25");
    assert.equal(geo.encoding("few"), "listpack");
    assert.equal(geo.run("GEOSEARCHSTORE all grid FROMMEMBER m210 BYRADIUS 500 km"), "400");
    assert.equal(geo.encoding("all"), "skiplist");
    assert.equal(geo.run("GEOSEARCH grid FROMMEMBER m0 BYBOX 30 30 km COUNT 2"), "*2 $2 m0 $2 m1");
    assert.equal(geo.run("GEOSEARCH few FROMMEMBER m0 BYBOX 30 30 km COUNT 2"), "*2 $2 m0 $2 m1");
    assert.deepEqual(geo.arena.verify(geo.keyspace.liveBlocks()), []);
  });

  test("a set that does not exist: its arguments are still looked at, but not the member", () => {
    const geo = harness();
    assert.equal(geo.run("GEORADIUSBYMEMBER none x y z"), "*0");
    assert.equal(geo.run("GEOSEARCH none FROMMEMBER x BYRADIUS -1 m"), "ERR radius cannot be negative");
    assert.equal(
      geo.run("geosearch none FROMMEMBER x ASC COUNT 1 ANY"),
      "ERR exactly one of BYRADIUS and BYBOX can be specified for geosearch",
    );
  });
});

test("the same members are inside whether their distances are asked for or not, however near to the edge they are", () => {
  const geo = new CommandHarness(geoCommands, sortedSetCommands);
  for (let i = 0; i < 2000; i++) {
    geo.run(`GEOADD all ${((i * 7919) % 3600) / 10 - 180} ${((i * 104729) % 1700) / 10 - 85} ${i}`);
  }
  const edges = /\*2\r\n\$\d+\r\n\d+\r\n\$\d+\r\n([\d.]+)\r\n/g;
  const members = (reply: string): string[] => [...reply.matchAll(/\$\d+\r\n(\d+)\r\n/g)].map((match) => match[1]!);
  const everywhere = "GEOSEARCH all FROMLONLAT 15 37 BYRADIUS 20100 km WITHDIST".split(" ");
  // Radii at which a member is on the edge, as far as four digits say.
  const radii = [...geo.call(...everywhere).matchAll(edges)].map((match) => match[1]!).filter((_, i) => i % 50 === 0);
  assert.equal(radii.length, 40);
  for (const radius of radii) {
    for (const shape of [`BYRADIUS ${radius} km`, `BYBOX ${Number(radius) * 2} ${radius} km`]) {
      const search = `GEOSEARCH all FROMLONLAT 15 37 ${shape}`;
      const withDistances = [...geo.call(...`${search} WITHDIST`.split(" ")).matchAll(/\*2\r\n\$\d+\r\n(\d+)\r\n/g)];
      assert.deepEqual(
        members(geo.call(...search.split(" "))),
        withDistances.map((match) => match[1]),
        search,
      );
    }
  }
});
