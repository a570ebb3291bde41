/** Lets a client test skip what the server under test does not have yet. */
import { RespConnection } from "../support/resp-connection.js";

/** False when the server has all these commands, or the reason to skip. */
export async function skipUnlessKnown(port: number, ...commands: string[]): Promise<string | false> {
  const connection = await RespConnection.connect(port);
  const infos = (await connection.call("COMMAND", "INFO", ...commands)) as unknown[];
  await connection.close();
  const missing = commands.filter((_, i) => infos[i] === null || infos[i] === undefined);
  return missing.length === 0 ? false : `the server has no ${missing.join(", ")}`;
}

/** Closes every other connection to the server, as a failing network would. */
export async function dropAllConnections(port: number): Promise<void> {
  const connection = await RespConnection.connect(port);
  await connection.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
  await connection.close();
}
