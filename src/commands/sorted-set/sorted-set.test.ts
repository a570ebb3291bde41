import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandHarness } from "../../../test/support/command-harness.js";
import { genericCommands } from "../generic/index.js";
import { geoCommands } from "../geo/index.js";
import { setCommands } from "../set/index.js";
import { stringCommands } from "../string/index.js";
import { sortedSetCommands } from "./index.js";

/** A server each for small and for big sorted sets. */
function servers(): CommandHarness[] {
  return [128, 0].map((entries) => {
    const server = new CommandHarness(sortedSetCommands, setCommands, stringCommands, genericCommands);
    server.keyspace.limits.zsetMaxListpackEntries = entries;
    return server;
  });
}

test("each command reports what it did to a sorted set once, and when the sorted set is gone", () => {
  for (const server of servers()) {
    for (const [line, reply, events] of [
      ["ZADD a 1 x 2 y 3 z", "3", ["new a", "zadd a"]],
      ["ZADD a 1 x", "0", []],
      ["ZADD a CH 5 x 9 w", "2", ["zadd a"]],
      ["ZADD a XX INCR 5 none", "$-1", []],
      ["ZADD b XX 5 none", "0", []],
      ["ZINCRBY a 1.5 x", "6.5", ["zincr a"]],
      ["ZINCRBY a 0 x", "6.5", []],
      ["ZREM a none", "0", []],
      ["ZREM a x none", "1", ["zrem a"]],
      ["ZRANGESTORE b a 0 1", "2", ["new b", "zrangestore b"]],
      ["ZUNIONSTORE c 2 a b", "3", ["new c", "zunionstore c"]],
      ["ZINTERSTORE c 2 a none", "0", ["del c"]],
      ["ZDIFFSTORE c 1 none", "0", []],
      ["ZREMRANGEBYSCORE a (3 9", "1", ["zremrangebyscore a"]],
      ["ZREMRANGEBYRANK a 5 9", "0", []],
      ["ZPOPMIN a", "*2 $1 y $1 2", ["zpopmin a"]],
      ["ZPOPMAX a 10", "*2 $1 z $1 3", ["zpopmax a", "del a"]],
      ["ZMPOP 2 a b MAX COUNT 9", "*2 $1 b *2 *2 $1 z $1 3 *2 $1 y $1 2", ["zpopmax b", "del b"]],
      ["ZADD a 0 p 0 q", "2", ["new a", "zadd a"]],
      ["ZREMRANGEBYLEX a [p (q", "1", ["zremrangebylex a"]],
      ["ZREM a q", "1", ["zrem a", "del a"]],
    ] as const) {
      assert.equal(server.run(line), reply, line);
      assert.deepEqual(
        server.takeEvents().filter((event) => !event.startsWith("keymiss")),
        events,
        line,
      );
    }
    assert.equal(server.keyspace.size, 0);
  }
});

test("options that contradict each other are refused before anything is done", () => {
  for (const server of servers()) {
    server.run("ZADD z 1 a");
    for (const [line, error] of [
      ["ZADD z NX XX 1 a", "ERR XX and NX options at the same time are not compatible"],
      ["ZADD z GT LT 1 a", "ERR GT, LT, and/or NX options at the same time are not compatible"],
      ["ZADD z NX GT 1 a", "ERR GT, LT, and/or NX options at the same time are not compatible"],
      ["ZADD z INCR 1 a 2 b", "ERR INCR option supports a single increment-element pair"],
      ["ZADD z 1 a 2", "ERR syntax error"],
      ["ZADD z 5 a nan b", "ERR value is not a valid float"],
      ["ZADD z CH NX", "ERR syntax error"],
      [
        "ZRANGE z 0 1 LIMIT 1 2",
        "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
      ],
      ["ZRANGE z - + BYLEX WITHSCORES", "ERR syntax error, WITHSCORES not supported in combination with BYLEX"],
      ["ZRANGEBYSCORE z a b", "ERR min or max is not a float"],
      ["ZRANGEBYLEX z a b", "ERR min or max not valid string range item"],
      ["ZUNION 0 z", "ERR at least 1 input key is needed for 'zunion' command"],
      ["ZUNION 2 z", "ERR syntax error"],
      ["ZUNION 1 z WEIGHTS x", "ERR weight value is not a float"],
      ["ZINTERCARD 1 z LIMIT -1", "ERR LIMIT can't be negative"],
      ["ZRANK z a WITHSCORES", "ERR syntax error"],
      ["ZRANK z a WITHSCORE x", "ERR wrong number of arguments for 'zrank' command"],
    ] as const)
      assert.equal(server.run(line), error, line);
    assert.equal(server.run("ZRANGE z 0 -1 WITHSCORES"), "*2 $1 a $1 1");
  }
});

test("infinite scores that cancel each other out are an error in ZINCRBY and 0 in ZUNION", () => {
  for (const server of servers()) {
    server.run("ZADD a inf x");
    server.run("ZADD b -inf x");
    assert.equal(server.run("ZINCRBY a -inf x"), "ERR resulting score is not a number (NaN)");
    assert.equal(server.run("ZSCORE a x"), "inf");
    assert.equal(server.run("ZUNION 2 a b WITHSCORES"), "*2 $1 x $1 0");
    assert.equal(server.run("ZUNION 1 a WEIGHTS 0 WITHSCORES"), "*2 $1 x $1 0");
  }
});

test("in RESP3 scores are doubles, and members with scores are pairs", () => {
  for (const server of servers()) {
    server.reply.resp = 3;
    server.run("ZADD z 1.5 a 2 b");
    assert.equal(server.call("ZSCORE", "z", "a"), ",1.5\r\n");
    assert.equal(server.run("ZRANGE z 0 -1 WITHSCORES"), "*2 *2 $1 a ,1.5 *2 $1 b ,2");
    assert.equal(server.run("ZRANK z b WITHSCORE"), "*2 :1 ,2");
    assert.equal(server.run("ZRANK z none WITHSCORE"), "_");
    assert.equal(server.run("ZPOPMIN z"), "*2 $1 a ,1.5");
    assert.equal(server.run("ZPOPMIN z 1"), "*1 *2 $1 b ,2");
  }
});

test("ranges by score and by member take bounds of every kind, limits and both directions", () => {
  for (const server of servers()) {
    server.run("ZADD s 1 a 2 b 3 c 4 d");
    server.run("ZADD l 0 a 0 b 0 c 0 d");
    for (const [line, members] of [
      ["ZRANGEBYSCORE s 2 3", "b c"],
      ["ZRANGEBYSCORE s (2 +inf", "c d"],
      ["ZRANGEBYSCORE s -inf (3 LIMIT 1 5", "b"],
      ["ZRANGEBYSCORE s 0 9 LIMIT -1 5", ""],
      ["ZRANGEBYSCORE s 0 9 LIMIT 1 -1", "b c d"],
      ["ZREVRANGEBYSCORE s 9 0 LIMIT 1 2", "c b"],
      ["ZRANGE s 9 0 BYSCORE REV LIMIT 3 2", "a"],
      ["ZRANGE s -2 -1 REV", "b a"],
      ["ZRANGEBYLEX l (a [c", "b c"],
      ["ZRANGEBYLEX l - (c LIMIT 1 1", "b"],
      ["ZREVRANGEBYLEX l + [b", "d c b"],
      ["ZRANGEBYLEX l + -", ""],
      ["ZRANGE l [d [a BYLEX REV LIMIT 1 2", "c b"],
    ] as const) {
      const found = server.run(line).split(" ").slice(1);
      assert.equal(found.filter((part) => !part.startsWith("$")).join(" "), members, line);
    }
    assert.equal(server.run("ZCOUNT s (1 3"), "2");
    assert.equal(server.run("ZLEXCOUNT l (a +"), "3");
  }
});

test("union, intersection and difference take sets too, whose members have the score 1", () => {
  for (const server of servers()) {
    server.run("ZADD z 1 a 2 b 3 c");
    server.run("SADD s b c d");
    assert.equal(server.run("ZUNION 2 z s WEIGHTS 2 10 WITHSCORES"), "*8 $1 a $1 2 $1 d $2 10 $1 b $2 14 $1 c $2 16");
    assert.equal(server.run("ZINTER 2 z s AGGREGATE MAX WITHSCORES"), "*4 $1 b $1 2 $1 c $1 3");
    assert.equal(server.run("ZDIFF 2 z s"), "*1 $1 a");
    assert.equal(server.run("ZINTERCARD 2 z s LIMIT 1"), "1");
    server.run("SET t x");
    assert.match(server.run("ZUNION 2 z t"), /^WRONGTYPE/);
  }
});

test("members that are not added leave a small sorted set small", () => {
  const server = new CommandHarness(sortedSetCommands, geoCommands, genericCommands);
  const long = "m".repeat(65);
  const encoding = (): string => server.run("OBJECT ENCODING z");
  server.run("ZADD z 1 a");
  server.run(`ZADD z XX 1 ${long}`);
  server.run(`ZADD z XX INCR 1 ${long}`);
  server.run(`GEOADD z XX 1 1 ${long}`);
  server.run(`ZADD z XX ${Array.from({ length: 200 }, (_, i) => `1 m${i}`).join(" ")}`);
  assert.equal(encoding(), "listpack");
  server.run(`ZADD z XX 2 a 1 ${long}`);
  assert.equal(encoding(), "listpack");
  server.run(`ZADD z 2 a 1 ${long}`);
  assert.equal(encoding(), "skiplist");
});
