import type { ServiceContext } from "../context.js";

/** What a server that is no node of a cluster answers to all that is about one, CLUSTER HELP included. */
export function clusterDisabled({ reply }: Pick<ServiceContext, "reply">): void {
  reply.error("ERR This instance has cluster support disabled");
}
