/** LOLWUT's picture: a deterministic function of its size and a seed. */

const STARS = [..."                      ..'*+"];
const WATER = [..."~~~~--  "];

/** A sky with stars and a moon over water that mirrors the moon; `width` by `height` characters. */
export function drawSky(width: number, height: number, seed: number): string {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  const pick = (from: readonly string[]): string => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
    return from[(state >>> 8) % from.length]!;
  };
  const horizon = Math.ceil((height * 2) / 3);
  const moonRadius = Math.max(1, horizon / 4);
  const moonX = width * (0.2 + ((seed % 7) / 7) * 0.6);
  const moonY = horizon / 2.5;
  const lines: string[] = [];
  for (let y = 0; y < height; y++) {
    let line = "";
    for (let x = 0; x < width; x++) {
      // Characters are about twice as high as wide.
      const distance = Math.hypot((x - moonX) / 2, y - moonY);
      if (y >= horizon) line += Math.abs(x - moonX) < moonRadius * 2 && y % 2 === 0 ? "=" : pick(WATER);
      else line += distance <= moonRadius ? "#" : pick(STARS);
    }
    lines.push(line.trimEnd());
  }
  return lines.join("\n");
}
