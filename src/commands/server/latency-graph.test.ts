import assert from "node:assert/strict";
import { test } from "node:test";
import { drawSeries } from "./latency-graph.js";

const RULE = "-".repeat(80);

function draw(samples: [timeSeconds: number, ms: number][], nowSeconds: number, maxMs = 500): string[] {
  const series = { event: "command", samples: samples.map(([timeSeconds, ms]) => ({ timeSeconds, ms })), maxMs };
  return drawSeries(series, nowSeconds).split("\n");
}

test("bars stand on a row of three levels, and labels below them read downwards", () => {
  const samples: [number, number][] = [
    [1000, 10],
    [50_000, 40],
    [99_940, 70],
    [99_990, 130],
  ];
  assert.deepEqual(draw(samples, 100_000), [
    "command - high 130 ms, low 10 ms (all time high 500 ms)",
    RULE,
    "   #",
    "  _|",
    " _||",
    "_|||",
    "    ",
    "1111",
    "d3m0",
    " h s",
    "",
  ]);
});

test("equal samples lie on the ground", () => {
  assert.deepEqual(draw([[10, 5]], 11), [
    "command - high 5 ms, low 5 ms (all time high 500 ms)",
    RULE,
    " ",
    " ",
    " ",
    "_",
    " ",
    "1",
    "s",
    "",
  ]);
});

test("a block has 80 columns, the next one follows after an empty line", () => {
  const lines = draw(
    Array.from({ length: 81 }, (_, i) => [i, i % 2 ? 10 : 20]),
    81,
  );
  assert.equal(lines[2]!.length, 80);
  const second = lines.indexOf("", 3) + 1;
  assert.deepEqual(lines.slice(second, second + 7), ["#", "|", "|", "|", " ", "1", "s"]);
});
