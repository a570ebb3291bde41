/** What the tests of TCP ask the system itself, through koffi. */
import { createRequire } from "node:module";

export const TCP_NODELAY = 1;
export const TCP_KEEPIDLE = 4;
export const TCP_KEEPINTVL = 5;
export const TCP_KEEPCNT = 6;
export const TCP_USER_TIMEOUT = 18;
export const TCP_FASTOPEN = 23;

const IPPROTO_TCP = 6;
const SOL_SOCKET = 1;
const SO_KEEPALIVE = 9;

/** For a test's `skip` option: false where the kernel can be asked, or the reason to skip. */
export function skipWithoutKernel(): string | false {
  if (process.platform !== "linux") return "not on Linux";
  try {
    libc();
    return false;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A number that is set for a socket of this process. */
export function tcpOption(fd: number, option: number): number {
  return numberOf(fd, IPPROTO_TCP, option);
}

/** Whether keepalive probes are sent for a socket of this process. */
export function hasKeepAlive(fd: number): boolean {
  return numberOf(fd, SOL_SOCKET, SO_KEEPALIVE) !== 0;
}

function numberOf(fd: number, level: number, option: number): number {
  const value = new Uint32Array(1);
  const getsockopt = libc().func("int getsockopt(int, int, int, void *, void *)");
  if (getsockopt(fd, level, option, value, new Uint32Array([4])) !== 0) throw new Error(`getsockopt of ${fd} failed`);
  return value[0]!;
}

interface Library {
  func(declaration: string): (...args: unknown[]) => number;
}

function libc(): Library {
  return (createRequire(import.meta.url)("koffi") as { load(path: null): Library }).load(null);
}
