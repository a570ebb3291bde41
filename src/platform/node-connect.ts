/**
 * Outgoing connections: TCP, TLS, Unix sockets and Windows pipes. There are few of them (to a primary, to other nodes), so they are sockets of
 * Node whose bytes are copied once more.
 */
import net from "node:net";
import type { Region } from "../bytes/region.js";
import { DuplexStream } from "./duplex-stream.js";
import type { ByteStream, Connecting, ConnectOptions } from "./network.js";
import { loadTls, type NodeTlsContext } from "./node-tls-context.js";
import { socketEnds, systemPath, unixEnds } from "./socket-ends.js";

/** Starts connecting at once; received bytes are put into `input`. */
export function connectNow(input: Region, options: ConnectOptions): Connecting {
  const { path, host, port, localAddress, keepAliveSeconds, tls } = options;
  const socket =
    path !== undefined
      ? net.connect({ path: systemPath(path), allowHalfOpen: true })
      : net.connect({
          host,
          port: port ?? 0,
          localAddress,
          noDelay: true,
          allowHalfOpen: true,
        } as net.TcpNetConnectOpts);
  if (path === undefined && keepAliveSeconds > 0) socket.setKeepAlive(true, keepAliveSeconds * 1000);
  const secured = tls === undefined ? socket : secure(socket, tls);
  let giveUp: (code: string) => void = () => {};
  const stream = new Promise<ByteStream>((resolve, reject) => {
    const limit = setTimeout(() => giveUp("ETIMEDOUT"), options.timeoutMs);
    const settle = (): void => {
      clearTimeout(limit);
      giveUp = () => {};
      secured.off("error", fail);
      secured.off("close", onClose);
    };
    const fail = (error: Error): void => {
      settle();
      secured.on("error", () => {});
      socket.destroy();
      reject(error);
    };
    const onClose = (): void => fail(systemError("ECONNRESET"));
    giveUp = (code) => fail(systemError(code));
    secured.once("error", fail);
    secured.once("close", onClose);
    secured.once(tls === undefined ? "connect" : "secureConnect", () => {
      settle();
      const connected = new DuplexStream(secured, input, path === undefined ? socketEnds(socket) : unixEnds(path), {
        isEncrypted: tls !== undefined,
      });
      connected.pauseReading();
      resolve(connected);
    });
  });
  return { stream, cancel: () => giveUp("ECANCELED") };
}

function secure(socket: net.Socket, { context, serverName }: NonNullable<ConnectOptions["tls"]>): net.Socket {
  return loadTls().connect({
    socket,
    secureContext: (context as NodeTlsContext).secure,
    servername: serverName ?? undefined,
    rejectUnauthorized: true,
    checkServerIdentity: () => undefined,
  });
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}
