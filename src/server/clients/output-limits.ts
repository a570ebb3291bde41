/** How much may wait to be sent to a client: by its class, and little for somebody who has not said who it is. */
import type { Client } from "../../commands/client.js";
import type { AccessControl } from "../acl/acl.js";
import type { BufferLimit, BufferLimits } from "../config/list-kinds.js";

/** As of Redis 7.2.8. */
const STRANGERS: BufferLimit = { hard: 1024, soft: 0, seconds: 0 };
const NONE: BufferLimit = { hard: 0, soft: 0, seconds: 0 };

export class OutputLimits {
  /** `client-output-buffer-limit`. */
  limits: BufferLimits = { normal: NONE, pubsub: NONE, replica: NONE };
  readonly #acl: AccessControl;

  constructor(acl: AccessControl) {
    this.#acl = acl;
  }

  of(client: Client): BufferLimit {
    if (!client.authenticated && !this.#acl.isOpen) return STRANGERS;
    return client.subscriptionCount > 0 ? this.limits.pubsub : this.limits.normal;
  }
}
