/** All that threads can be asked to do. */
import { type TouchMessage, touch } from "./memory/touch.js";
import type { ThreadWorks } from "./platform/threads.js";

export const works: ThreadWorks = {
  /** Touches memory ahead of those who will write to it. */
  touch: () => ({ receive: (message) => touch(message as TouchMessage) }),
};
