/**
 * Linux' socket options through koffi, a package with the means to call the C library. It is not a dependency: it is looked for where
 * this package is installed, when it is needed. Reading a connection's figures costs 1 to 2 microseconds (koffi 3.3, Node 20.20).
 */
import { readFileSync } from "node:fs";
import { type LoadSocketOptions, type SocketOptions, type TcpFigures, TcpOption } from "./socket-options.js";

/** The part of koffi used here. */
interface Koffi {
  load(path: string | null): { func(declaration: string): (...args: unknown[]) => number };
  errno(): number;
  readonly os: { readonly errno: Readonly<Record<string, number>> };
}

/** Of Linux' headers, the same on all its processors. */
const enum Linux {
  AF_INET = 2,
  SOCK_STREAM = 1,
  IPPROTO_TCP = 6,
  TCP_KEEPIDLE = 4,
  TCP_KEEPINTVL = 5,
  TCP_KEEPCNT = 6,
  TCP_INFO = 11,
  TCP_CONGESTION = 13,
  TCP_USER_TIMEOUT = 18,
  TCP_FASTOPEN = 23,
}

/** Where struct tcp_info has its 32-bit fields, in words; its sixth byte are the options. Later kernels only append. */
const enum Info {
  OPTIONS_BYTE = 5,
  RTO = 2,
  RTT = 17,
  RTT_VARIATION = 18,
  CONGESTION_WINDOW = 20,
  TOTAL_RETRANSMITS = 25,
  /** Words that must have come. */
  NEEDED = 26,
  WORDS = 64,
}

const FAST_OPEN_SWITCH = "/proc/sys/net/ipv4/tcp_fastopen";
const FAST_OPEN_SERVER = 2;

/** Of a name, with the zero at its end. */
const NAME_BYTES = 16;

type SocketCall = (
  fd: number,
  level: number,
  option: number,
  value: Uint8Array | Uint32Array,
  length: unknown,
) => number;

class LinuxSocketOptions implements SocketOptions {
  readonly #koffi: Koffi;
  readonly #get: SocketCall;
  readonly #set: SocketCall;
  readonly #socket: (domain: number, type: number, protocol: number) => number;
  readonly #close: (fd: number) => number;
  readonly #info = new Uint32Array(Info.WORDS);
  readonly #infoBytes = new Uint8Array(this.#info.buffer);
  readonly #name = new Uint8Array(NAME_BYTES);
  readonly #number = new Uint32Array(1);
  readonly #length = new Uint32Array(1);
  readonly #errors = new Map<number, string>();
  readonly #figures: TcpFigures = {
    rttUs: 0,
    rttVariationUs: 0,
    retransmissionTimeoutUs: 0,
    retransmits: 0,
    congestionWindow: 0,
    congestionControl: "",
    options: 0,
  };

  constructor(koffi: Koffi) {
    this.#koffi = koffi;
    const libc = koffi.load(null);
    this.#get = libc.func("int getsockopt(int fd, int level, int option, void *value, void *length)") as SocketCall;
    this.#set = libc.func("int setsockopt(int fd, int level, int option, void *value, uint32_t length)") as SocketCall;
    this.#socket = libc.func("int socket(int domain, int type, int protocol)");
    this.#close = libc.func("int close(int fd)");
    for (const [name, number] of Object.entries(koffi.os.errno)) this.#errors.set(number, name);
  }

  figures(fd: number): TcpFigures | null {
    const info = this.#info;
    this.#length[0] = info.byteLength;
    if (this.#get(fd, Linux.IPPROTO_TCP, Linux.TCP_INFO, info, this.#length) !== 0) return null;
    if (this.#length[0]! < Info.NEEDED * 4) return null;
    const figures = this.#figures;
    figures.rttUs = info[Info.RTT]!;
    figures.rttVariationUs = info[Info.RTT_VARIATION]!;
    figures.retransmissionTimeoutUs = info[Info.RTO]!;
    figures.retransmits = info[Info.TOTAL_RETRANSMITS]!;
    figures.congestionWindow = info[Info.CONGESTION_WINDOW]!;
    const known =
      TcpOption.TIMESTAMPS | TcpOption.SACK | TcpOption.WINDOW_SCALING | TcpOption.ECN | TcpOption.FAST_OPEN;
    figures.options = this.#infoBytes[Info.OPTIONS_BYTE]! & known;
    figures.congestionControl = this.#congestionControl(fd);
    return figures;
  }

  defaultCongestionControl(): string {
    return this.#withSocket((fd) => this.#congestionControl(fd));
  }

  tryCongestionControl(name: string): string | null {
    return this.#withSocket((fd) => this.setCongestionControl(fd, name));
  }

  setCongestionControl(fd: number, name: string): string | null {
    return this.#outcome(this.#set(fd, Linux.IPPROTO_TCP, Linux.TCP_CONGESTION, Buffer.from(name), name.length));
  }

  setUserTimeout(fd: number, ms: number): string | null {
    return this.#setNumber(fd, Linux.TCP_USER_TIMEOUT, ms);
  }

  setKeepAlive(fd: number, idle: number, interval: number, count: number): string | null {
    return (
      this.#setNumber(fd, Linux.TCP_KEEPIDLE, idle) ??
      this.#setNumber(fd, Linux.TCP_KEEPINTVL, interval) ??
      this.#setNumber(fd, Linux.TCP_KEEPCNT, count)
    );
  }

  servesFastOpen(): boolean {
    try {
      return (Number(readFileSync(FAST_OPEN_SWITCH, "latin1")) & FAST_OPEN_SERVER) !== 0;
    } catch {
      return false;
    }
  }

  setFastOpen(fd: number, count: number): string | null {
    return this.#setNumber(fd, Linux.TCP_FASTOPEN, count);
  }

  #congestionControl(fd: number): string {
    this.#length[0] = NAME_BYTES;
    if (this.#get(fd, Linux.IPPROTO_TCP, Linux.TCP_CONGESTION, this.#name, this.#length) !== 0) return "";
    const end = this.#name.indexOf(0);
    return Buffer.from(this.#name.buffer, 0, end < 0 ? NAME_BYTES : end).toString("latin1");
  }

  #setNumber(fd: number, option: number, value: number): string | null {
    this.#number[0] = value;
    return this.#outcome(this.#set(fd, Linux.IPPROTO_TCP, option, this.#number, 4));
  }

  #outcome(status: number): string | null {
    if (status === 0) return null;
    const number = this.#koffi.errno();
    return this.#errors.get(number) ?? `error ${number}`;
  }

  /** Runs something on a socket that is not connected to anything. */
  #withSocket<T>(use: (fd: number) => T): T {
    const fd = this.#socket(Linux.AF_INET, Linux.SOCK_STREAM, 0);
    try {
      return use(fd);
    } finally {
      if (fd >= 0) this.#close(fd);
    }
  }
}

/** Loads koffi at the first call; the result is kept, a failure too. `system` and `find` are for tests. */
export function socketOptionsLoader(
  system: string = process.platform,
  find: () => unknown = requireKoffi,
): LoadSocketOptions {
  let loaded: SocketOptions | string | null = null;
  return () => {
    loaded ??= system === "linux" ? load(find) : "only Linux has it";
    return loaded;
  };
}

function load(find: () => unknown): SocketOptions | string {
  try {
    return new LinuxSocketOptions(find() as Koffi);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === "MODULE_NOT_FOUND") return 'it needs the package "koffi", which is not installed';
    return `it needs the package "koffi", which cannot be used: ${message.split("\n", 1)[0]}`;
  }
}

function requireKoffi(): unknown {
  return process.getBuiltinModule("node:module").createRequire(import.meta.url)("koffi");
}
