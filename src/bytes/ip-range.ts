/**
 * Ranges of IP addresses as CIDR writes them: "10.0.0.0/8", "2001:db8::/32", or one address. All are kept as the 16 bytes of IPv6;
 * an IPv4 address is its mapped form (::ffff:a.b.c.d), so that it is found whichever way a socket spells it.
 *
 * Source: RFC 4291 (text of addresses, mapped addresses), RFC 4632 (CIDR).
 */

const BYTES = 16;
/** Bits before the IPv4 address in its mapped form. */
const MAPPED_BITS = 96;

/** The addresses that share the first `bits` bits of `address`. */
export interface IpRange {
  /** 16 bytes. */
  readonly address: Uint8Array;
  readonly bits: number;
}

/** Reads an address, or a range as "address/bits"; null when it is neither. Bits behind the prefix do not matter. */
export function parseIpRange(text: string): IpRange | null {
  const slash = text.indexOf("/");
  const address = parseIpAddress(slash === -1 ? text : text.slice(0, slash));
  if (address === null) return null;
  if (slash === -1) return { address, bits: 8 * BYTES };
  const digits = text.slice(slash + 1);
  const first = text.includes(":") ? 0 : MAPPED_BITS;
  const bits = first + Number(digits);
  return /^[0-9]{1,3}$/.test(digits) && bits <= 8 * BYTES ? { address, bits } : null;
}

/** Whether a range has an address; false for what is none. */
export function isInIpRange(range: IpRange, host: string): boolean {
  const address = parseIpAddress(host);
  if (address === null) return false;
  const whole = range.bits >> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== range.address[i]) return false;
  const rest = range.bits & 7;
  return rest === 0 || (address[whole]! ^ range.address[whole]!) >> (8 - rest) === 0;
}

/** The 16 bytes of an address of either kind, without its zone ("%eth0"); null when it is none. */
export function parseIpAddress(text: string): Uint8Array | null {
  const bytes = new Uint8Array(BYTES);
  if (!text.includes(":")) {
    bytes.fill(0xff, 10, 12);
    return putIpv4(text, bytes, 12) ? bytes : null;
  }
  const zone = text.indexOf("%");
  const [head, tail, more] = (zone === -1 ? text : text.slice(0, zone)).split("::");
  if (more !== undefined) return null;
  const start = wordsOf(head!, tail === undefined);
  const end = tail === undefined ? [] : wordsOf(tail, true);
  if (start === null || end === null) return null;
  const missing = BYTES / 2 - start.length - end.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  [...start, ...new Array<number>(missing).fill(0), ...end].forEach((word, i) => {
    bytes[2 * i] = word >> 8;
    bytes[2 * i + 1] = word & 0xff;
  });
  return bytes;
}

/** The 16-bit words of "1:2:a", the last two of which may be an IPv4 address; null when one is none. */
function wordsOf(text: string, mayEndInIpv4: boolean): number[] | null {
  if (text === "") return [];
  const parts = text.split(":");
  const words: number[] = [];
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      words.push(Number.parseInt(part, 16));
      continue;
    }
    const ipv4 = new Uint8Array(4);
    if (!mayEndInIpv4 || i < parts.length - 1 || !putIpv4(part, ipv4, 0)) return null;
    words.push((ipv4[0]! << 8) | ipv4[1]!, (ipv4[2]! << 8) | ipv4[3]!);
  }
  return words;
}

function putIpv4(text: string, into: Uint8Array, at: number): boolean {
  const parts = text.split(".");
  if (parts.length !== 4) return false;
  for (const [i, part] of parts.entries()) {
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return false;
    into[at + i] = Number(part);
  }
  return true;
}
