/** What commands know of other clients. */
import type { Client } from "./client.js";

/** Criteria of CLIENT KILL and CLIENT LIST; a client matches when it meets all those given. */
export interface ClientFilter {
  ids?: number[];
  type?: "normal" | "master" | "replica" | "pubsub";
  address?: string;
  localAddress?: string;
  user?: string;
  skipId?: number;
  maxAgeSeconds?: number;
}

export interface ClientRegistry {
  readonly count: number;
  byId(id: number): Client | undefined;
  all(): Iterable<Client>;
  matching(filter: ClientFilter): Client[];
  /** One line as CLIENT LIST prints it, without the line break. */
  describe(client: Client): string;
  /** CLIENT PAUSE until a time in milliseconds since 1970. */
  pause(untilMs: number, mode: "all" | "write"): void;
  unpause(): void;
}
