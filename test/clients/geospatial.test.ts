/** The documentation's page on geospatial indexes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { applications } from "./applications.js";
import { documented } from "./transcript.js";

documented(
  "geospatial indexes",
  [
    "bikes for rent",
    `
    > GEOADD bikes:rentable -122.27652 37.805186 station:1
    (integer) 1
    > GEOADD bikes:rentable -122.2674626 37.8062344 station:2
    (integer) 1
    > GEOADD bikes:rentable -122.2469854 37.8104049 station:3
    (integer) 1
    > GEOSEARCH bikes:rentable FROMLONLAT -122.2612767 37.7936847 BYRADIUS 5 km WITHDIST
    1) 1) "station:1"
       2) "1.8523"
    2) 1) "station:2"
       2) "1.4979"
    3) 1) "station:3"
       2) "2.2441"
    `,
  ],
  [
    "examples of the commands' own pages",
    `
    > GEOADD Sicily 13.361389 38.115556 "Palermo" 15.087269 37.502669 "Catania"
    (integer) 2
    > GEODIST Sicily Palermo Catania
    "166274.1516"
    > GEODIST Sicily Palermo Catania km
    "166.2742"
    > GEODIST Sicily Palermo Catania mi
    "103.3182"
    > GEODIST Sicily Foo Bar
    (nil)
    > GEORADIUS Sicily 15 37 100 km
    1) "Catania"
    > GEORADIUS Sicily 15 37 200 km WITHDIST WITHCOORD
    1) 1) "Palermo"
       2) "190.4424"
       3) 1) "13.36138933897018433"
          2) "38.11555639549629859"
    2) 1) "Catania"
       2) "56.4413"
       3) 1) "15.08726745843887329"
          2) "37.50266842333162032"
    > GEOHASH Sicily Palermo Catania
    1) "sqc8b49rny0"
    2) "sqdtr74hyu0"
    > GEOPOS Sicily Palermo Catania NonExisting
    1) 1) "13.36138933897018433"
       2) "38.11555639549629859"
    2) 1) "15.08726745843887329"
       2) "37.50266842333162032"
    3) (nil)
    > GEOADD Sicily 13.583333 37.316667 "Agrigento"
    (integer) 1
    > GEORADIUSBYMEMBER Sicily Agrigento 100 km
    1) "Agrigento"
    2) "Palermo"
    > GEOADD Sicily 12.758489 38.788135 "edge1" 17.241510 38.788135 "edge2"
    (integer) 2
    > GEOSEARCH Sicily FROMLONLAT 15 37 BYRADIUS 200 km ASC
    1) "Catania"
    2) "Agrigento"
    3) "Palermo"
    > GEOSEARCH Sicily FROMLONLAT 15 37 BYBOX 400 400 km ASC WITHCOORD WITHDIST COUNT 1
    1) 1) "Catania"
       2) "56.4413"
       3) 1) "15.08726745843887329"
          2) "37.50266842333162032"
    > GEOSEARCHSTORE key1 Sicily FROMLONLAT 15 37 BYBOX 400 400 km ASC COUNT 3
    (integer) 3
    > GEOSEARCH key1 FROMLONLAT 15 37 BYBOX 400 400 km ASC WITHHASH
    1) 1) "Catania"
       2) (integer) 3479447370796909
    2) 1) "Agrigento"
       2) (integer) 3479030013248308
    3) 1) "Palermo"
       2) (integer) 3479099956230698
    `,
  ],
);

applications("geospatial indexes", ({ io, node }) => {
  test("the documentation's sample for node-redis", async () => {
    const stations = [
      { longitude: -122.27652, latitude: 37.805186, member: "station:1" },
      { longitude: -122.2674626, latitude: 37.8062344, member: "station:2" },
      { longitude: -122.2469854, latitude: 37.8104049, member: "station:3" },
    ];
    assert.equal(await node().geoAdd("bikes:rentable", stations), 3);
    const from = { longitude: -122.2612767, latitude: 37.7936847 };
    assert.deepEqual(await node().geoSearch("bikes:rentable", from, { radius: 2, unit: "km" }), [
      "station:1",
      "station:2",
    ]);
    const found = await node().geoSearchWith(
      "bikes:rentable",
      from,
      { width: 4, height: 4, unit: "km" },
      ["WITHDIST", "WITHCOORD"],
      {
        SORT: "ASC",
      },
    );
    assert.deepEqual(
      found.map(({ member, distance }) => [member, Number(distance)]),
      [
        ["station:2", 1.4979],
        ["station:1", 1.8523],
        ["station:3", 2.2441],
      ],
    );
    assert.ok(Math.abs(Number(found[0]!.coordinates!.longitude) + 122.2674626) < 1e-5);
    assert.equal(await node().geoDist("bikes:rentable", "station:1", "station:3", "km"), 2.6597);
    const [position, none] = await node().geoPos("bikes:rentable", ["station:1", "none"]);
    assert.ok(Math.abs(Number(position!.latitude) - 37.805186) < 1e-5);
    assert.equal(none, null);
  });

  test("drivers that move, and the nearest of them, with ioredis", async () => {
    const pipeline = io().pipeline();
    for (let i = 0; i < 1000; i++) pipeline.geoadd("drivers", (i % 100) / 100, Math.floor(i / 100) / 10, `driver:${i}`);
    await pipeline.exec();
    const nearest = () =>
      io().geosearch("drivers", "FROMLONLAT", 0.503, 0.502, "BYRADIUS", 30, "km", "ASC", "COUNT", 2);
    assert.deepEqual(await nearest(), ["driver:550", "driver:551"]);
    assert.equal(await io().geoadd("drivers", "XX", "CH", 80, 80, "driver:550"), 1);
    assert.deepEqual(await nearest(), ["driver:551", "driver:549"]);
    assert.equal(await io().zrem("drivers", "driver:551"), 1);
    assert.deepEqual(await nearest(), ["driver:549", "driver:552"]);
  });
});
