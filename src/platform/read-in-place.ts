/**
 * Lets an accepted socket read into memory of the caller's. Node offers that as the option `onread`, for sockets one makes oneself only;
 * where it keeps what the option says can be set on any socket.
 */
import type net from "node:net";

/** The part of Node's handles that takes the buffer. */
export interface ReadingHandle {
  useUserBuffer?(buffer: Uint8Array): void;
}

/** From now on what is read is put into `buffer`, and `onRead` is told how much it is; false where Node does not have that. */
export function readInPlace(
  socket: net.Socket,
  handle: ReadingHandle,
  buffer: Uint8Array,
  onRead: (length: number) => void,
): boolean {
  let bufferKey: symbol | undefined;
  let callbackKey: symbol | undefined;
  for (const symbol of Object.getOwnPropertySymbols(socket)) {
    if (symbol.description === "kBuffer") bufferKey = symbol;
    else if (symbol.description === "kBufferCb") callbackKey = symbol;
  }
  if (bufferKey === undefined || callbackKey === undefined || typeof handle.useUserBuffer !== "function") return false;
  const slots = socket as unknown as Record<symbol, unknown>;
  slots[bufferKey] = buffer;
  slots[callbackKey] = (length: number): boolean => {
    onRead(length);
    return true;
  };
  handle.useUserBuffer(buffer);
  return true;
}
