/**
 * Runs and intsets against plain arrays: elements come, change and go in every place, and each step compares what can be read, found and
 * foretold. Elements are drawn from few values, so that most searches have several candidates, and from borders of the format.
 * Between the steps, frames are broken at random bytes and validated.
 */
import assert from "node:assert/strict";
import { fuzz, type SeededRandom } from "../../../test/support/fuzzing.js";
import { isInt64 } from "../../bytes/int64.js";
import { Region } from "../../bytes/region.js";
import { ElementView } from "../entry/element-view.js";
import * as intset from "./intset.js";
import * as listpack from "./listpack.js";
import { Frame, validate, validateRun, writeFrame } from "./listpack-frame.js";

const LENGTHS = [0, 1, 2, 5, 16, 62, 63, 64, 123, 125, 126, 127, 4093, 4095, 4096, 16377, 16378, 16383];
const CHARACTERS = "0123456789--+ .ax\x00\x7f\x80\xff";
const MAX_ELEMENTS = 40;
const START = 8;

class Round {
  readonly region = Region.allocate(START + 1_200_000);
  readonly view = new ElementView();
  readonly model: string[] = [];
  readonly values: string[];
  end = START;

  constructor(readonly random: SeededRandom) {
    this.values = Array.from({ length: 1 + random.below(30) }, () => this.value());
    this.region.u8.fill(random.bits());
  }

  value(): string {
    const { random } = this;
    const kind = random.below(10);
    if (kind < 4) {
      const power = 2n ** BigInt(random.below(65)) + BigInt(random.below(5) - 2);
      return String(random.chance(0.5) ? power : -power);
    }
    if (kind < 5) return String(random.below(300) - 100);
    if (kind < 6) return random.pick(["k", "9"]).repeat(random.pick(LENGTHS));
    return Array.from({ length: random.below(22) }, () => random.pick([...CHARACTERS])).join("");
  }

  run(): void {
    const steps = this.random.pick([10, 60, 300]);
    for (let step = 0; step < steps; step++) {
      this.edit();
      this.search();
      this.seek();
      if (this.random.chance(0.1)) this.verify();
    }
    this.verify();
    this.breakFrame();
    this.runIntset();
  }

  edit(): void {
    const { random, region, model, end } = this;
    const text = random.pick(this.values);
    const source = bytesOf(text);
    const number = Number(text);
    const isNumber = Number.isSafeInteger(number) && String(number) === text;
    const kind = random.below(3);
    if (kind === 0 && model.length < MAX_ELEMENTS) {
      const index = random.below(model.length + 1);
      const at = listpack.skip(region, START, end, index);
      this.end = isNumber
        ? listpack.insertInteger(region, at, end, number)
        : listpack.insert(region, at, end, source, 0, text.length);
      assert.equal(this.end - end, listpack.sizeOfString(source, 0, text.length));
      model.splice(index, 0, text);
    } else if (kind === 1 && model.length > 0) {
      const index = random.below(model.length);
      const at = listpack.seekIndex(region, START, end, index - model.length, random.pick([-1, model.length]));
      const grows = listpack.replacedSize(region, at, source, 0, text.length);
      this.end = isNumber
        ? listpack.replaceInteger(region, at, end, number)
        : listpack.replace(region, at, end, source, 0, text.length);
      assert.equal(this.end - end, grows);
      model[index] = text;
    } else if (kind === 2 && random.chance(0.7)) {
      const index = random.below(model.length + 1);
      const count = random.below(4);
      this.end = listpack.remove(region, listpack.skip(region, START, end, index), end, count);
      model.splice(index, count);
    }
  }

  search(): void {
    const { random, region, model, end } = this;
    const needle = random.chance(0.8) ? random.pick(this.values) : this.value();
    const source = bytesOf(`9${needle}9`);
    const pass = random.below(3);
    const from = random.below(model.length + 1);
    const expected = model.findIndex((it, i) => i >= from && (i - from) % (pass + 1) === 0 && it === needle);
    const start = listpack.skip(region, START, end, from);
    const found = listpack.find(region, start, end, source, 1, needle.length, pass);
    assert.equal(found, expected < 0 ? -1 : listpack.skip(region, START, end, expected));
    if (model.length === 0) return;
    const index = random.below(model.length);
    const at = listpack.skip(region, START, end, index);
    assert.equal(listpack.equals(region, at, source, 1, needle.length), model[index] === needle);
  }

  seek(): void {
    const { random, region, model, end } = this;
    const index = random.below(2 * model.length + 6) - model.length - 3;
    const at = listpack.seekIndex(region, START, end, index, random.pick([-1, model.length]));
    const text = model.at(index);
    assert.equal(at === -1, text === undefined);
    if (at === -1) return;
    listpack.load(region, at, this.view);
    assert.equal(this.view.latin1(), text);
  }

  verify(): void {
    const { region, model, end, view } = this;
    assert.equal(validateRun(region, START, end), model.length);
    let at = end;
    for (let i = model.length - 1; i >= 0; i--) {
      at = listpack.previous(region, at);
      listpack.load(region, at, view);
      assert.equal(view.latin1(), model[i]);
    }
    assert.equal(at, START);
  }

  /** Changes a few bytes of a frame: it is refused, or everything in it can be reached from both ends. */
  breakFrame(): void {
    const { random, end, model } = this;
    const frame = Region.allocate(end - START + Frame.OVERHEAD_BYTES);
    writeFrame(frame, 0, this.region, START, end, model.length);
    const length = frame.u8.length;
    assert.equal(validate(frame, 0, length), model.length);
    for (let change = 0; change < 20; change++) {
      frame.u8[random.below(Math.min(length, 300))] = random.pick([random.below(256), 0x80, 0xc0, 0xe0, 0xf0, 0xff]);
      const count = validate(frame, 0, length);
      if (count < 0) {
        assert.ok(~count < length, "the position lies outside");
        continue;
      }
      let at = length - 1;
      for (let i = 0; i < count; i++) listpack.load(frame, (at = listpack.previous(frame, at)), this.view);
      assert.equal(at, Frame.HEADER_BYTES);
      assert.equal(listpack.countElements(frame, at, length - 1), count);
    }
  }

  runIntset(): void {
    const { random, region } = this;
    const model: bigint[] = [];
    intset.create(region, START);
    const steps = random.pick([10, 100, 400]);
    for (let step = 0; step < steps; step++) {
      const text = random.pick(random.chance(0.8) ? this.values : [this.value()]);
      const source = bytesOf(`9${text}9`);
      if (!isInt64(source, 1, text.length)) {
        assert.equal(intset.find(region, START, source, 1, text.length), -1);
        continue;
      }
      const value = BigInt(text);
      const index = model.indexOf(value);
      assert.equal(intset.find(region, START, source, 1, text.length), index);
      if (random.chance(0.6)) {
        const size = intset.sizeAfterAdd(region, START, source, 1, text.length);
        assert.equal(intset.add(region, START, source, 1, text.length), index < 0);
        assert.equal(intset.size(region, START), size);
        if (index < 0) model.push(value);
        model.sort((a, b) => (a < b ? -1 : 1));
      } else {
        assert.equal(intset.remove(region, START, source, 1, text.length), index >= 0);
        if (index >= 0) model.splice(index, 1);
      }
    }
    for (const [i, value] of model.entries()) {
      intset.load(region, START, i, this.view);
      assert.equal(this.view.latin1(), String(value));
    }
    const valid = intset.validate(region, START, intset.size(region, START));
    assert.equal(valid, model.length === 0 ? ~intset.Intset.COUNT : model.length);
  }
}

function bytesOf(text: string): Region {
  return new Region(Buffer.from(text, "latin1"));
}

fuzz("listpack", (random) => new Round(random).run());
