/** Keyspace events as messages: `__keyspace@0__:key` tells the event, `__keyevent@0__:event` tells the key. */
import type { Argv } from "../../bytes/argv.js";
import { Region } from "../../bytes/region.js";
import type { Database } from "../../keyspace/database.js";
import type { Keyspace } from "../../keyspace/keyspace.js";
import { NotifyClass } from "../../keyspace/notify.js";
import type { Channels } from "./pubsub.js";

export class KeyspaceEvents {
  readonly #keyspace: Keyspace;
  readonly #pubsub: Channels;
  readonly #names = new Map<string, Region>();

  constructor(keyspace: Keyspace, pubsub: Channels) {
    this.#keyspace = keyspace;
    this.#pubsub = pubsub;
  }

  /** For `KeyspaceListener.notify`, which is called for classes that are switched on. */
  notify(_notifyClass: NotifyClass, event: string, db: Database, argv: Argv, i: number): void {
    const flags = this.#keyspace.notifyFlags;
    const pubsub = this.#pubsub;
    if ((flags & NotifyClass.KEYSPACE) !== 0) {
      const name = this.#nameOf(event);
      pubsub.deliver("channel", `__keyspace@${db.index}__:${argv.latin1(i)}`, name, 0, name.u8.length);
    }
    if ((flags & NotifyClass.KEYEVENT) !== 0) {
      pubsub.deliver("channel", `__keyevent@${db.index}__:${event}`, argv.source, argv.offset[i]!, argv.length[i]!);
    }
  }

  /** Events are few, so their bytes are kept. */
  #nameOf(event: string): Region {
    let name = this.#names.get(event);
    if (name === undefined) {
      name = Region.fromString(event);
      this.#names.set(event, name);
    }
    return name;
  }
}
