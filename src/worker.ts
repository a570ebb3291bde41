/** What a thread runs; `platform/node-threads.ts` starts it. */
import { runThread } from "./platform/node-thread.js";
import { works } from "./works.js";

runThread(works);
