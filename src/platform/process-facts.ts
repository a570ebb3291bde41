/**
 * What a server reports about its process and machine in INFO, MEMORY and its log.
 */
import { readFileSync } from "node:fs";
import { machine, release, totalmem, type } from "node:os";

/** Processor time in seconds. */
interface CpuSeconds {
  readonly user: number;
  readonly system: number;
}

/** JavaScript's own memory in bytes. */
interface HeapBytes {
  readonly used: number;
  readonly total: number;
}

/** Where a server learns about the process it runs in. */
export interface ProcessFacts {
  readonly pid: number;
  /** "v20.20.0" */
  readonly nodeVersion: string;
  /** System, release and processor: "Linux 6.1.0 x86_64". */
  readonly system: string;
  /** 32 or 64. */
  readonly archBits: number;
  /** By how many bytes a large buffer has to be longer than its content for that to end it and begin on a cache line. */
  readonly bufferPadBytes: number;
  /**
   * How long to make a buffer for `sizeBytes` that may become more: what is beyond is addresses alone until it is touched, where the
   * system works like that.
   */
  reservedBufferBytes(sizeBytes: number): number;
  /** Memory of the machine in bytes. */
  readonly totalMemoryBytes: number;
  /** How many files the process may have open, sockets included; Infinity where the system does not tell. */
  readonly maxOpenFiles: number;
  /** The program that was started: a path. */
  readonly executable: string;
  readonly workingDirectory: string;
  /** Resident memory in bytes; costs about 6 microseconds. */
  rssBytes(): number;
  /** Costs about 8 microseconds. */
  heapBytes(): HeapBytes;
  /** Of all threads. */
  cpu(): CpuSeconds;
  /** Of the main thread; null where the system does not tell. */
  mainThreadCpu(): CpuSeconds | null;
}

/** As long as a string may be, and the rest of a command: enough for it to grow in place for good. */
const RESERVE_BYTES = 538_968_064;

/** Ticks per second in Linux' /proc; fixed by its interface. */
const TICKS = 100;

/** The process Node runs in. */
export class NodeProcessFacts implements ProcessFacts {
  readonly pid = process.pid;
  readonly nodeVersion = process.version;
  readonly archBits = /64|s390x/.test(process.arch) ? 64 : 32;
  /** The C libraries of Linux place what they map 16 bytes behind the start of a page; other systems at its start. */
  readonly bufferPadBytes = process.platform === "linux" ? 48 : 0;
  readonly executable = process.argv[1] ?? process.execPath;
  readonly workingDirectory = process.cwd();

  /** Windows sets memory aside for all of a buffer. */
  reservedBufferBytes(sizeBytes: number): number {
    if (process.platform === "win32" || this.archBits < 64) return sizeBytes + Math.ceil(sizeBytes / 128) * 8;
    return Math.max(sizeBytes, RESERVE_BYTES);
  }

  get system(): string {
    return `${type()} ${release()} ${machine()}`;
  }

  get totalMemoryBytes(): number {
    return totalmem();
  }

  /** Node has raised the limit that can be raised to the one that cannot when it started. */
  get maxOpenFiles(): number {
    return process.platform === "linux" ? openFilesLimit("/proc/self/limits") : Number.POSITIVE_INFINITY;
  }

  rssBytes(): number {
    return process.memoryUsage.rss();
  }

  heapBytes(): HeapBytes {
    const usage = process.memoryUsage();
    return { used: usage.heapUsed, total: usage.heapTotal };
  }

  cpu(): CpuSeconds {
    const usage = process.cpuUsage();
    return { user: usage.user / 1e6, system: usage.system / 1e6 };
  }

  mainThreadCpu(): CpuSeconds | null {
    const { threadCpuUsage } = process as { threadCpuUsage?: () => { user: number; system: number } };
    if (threadCpuUsage !== undefined) {
      const usage = threadCpuUsage.call(process);
      return { user: usage.user / 1e6, system: usage.system / 1e6 };
    }
    return process.platform === "linux" ? threadTimes(`/proc/self/task/${process.pid}/stat`) : null;
  }
}

/** User and system time in a /proc stat file; the fields are counted from behind the name, which may hold spaces. */
function threadTimes(path: string): CpuSeconds | null {
  try {
    const text = readFileSync(path, "latin1");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { user: Number(fields[11]) / TICKS, system: Number(fields[12]) / TICKS };
  } catch {
    return null;
  }
}

/** The limit in force in a /proc limits file. */
function openFilesLimit(path: string): number {
  try {
    const limit = /^Max open files +(\d+)/m.exec(readFileSync(path, "latin1"));
    return limit === null ? Number.POSITIVE_INFINITY : Number(limit[1]);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
