/** What commands know of client-side caching. */
import type { Client } from "./client.js";

/** The options of CLIENT TRACKING ON. */
export interface TrackingOptions {
  /** Id of the client that is to get the messages, 0 for the client itself. */
  redirect: number;
  broadcast: boolean;
  optIn: boolean;
  optOut: boolean;
  noLoop: boolean;
  /** Of BCAST; they are added to those the client has. */
  prefixes: string[];
}

/** Client-side caching: who is told when keys change. */
export interface Tracking {
  /** Begins to track, or changes how. */
  enable(client: Client, options: TrackingOptions): void;
  /** Does nothing for a client that does not track. */
  disable(client: Client): void;
}
