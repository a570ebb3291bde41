/**
 * Threads beside the one that runs commands. They share no code and no objects with it: what they do has a name, what they are told are
 * messages, and what they work on is shared memory. What nobody starts costs nothing.
 *
 * A work never waits or sleeps by itself, so that a test can run it in simulated time. Between messages its thread sleeps in `Atomics.wait`,
 * from which a message wakes it in 6 to 12 microseconds.
 */

/** What a thread does. Errors it throws end the thread. */
export interface ThreadWork {
  /** A message, in the order they were posted. What it holds on to of shared memory stays alive. */
  receive(message: unknown): void;
  /** Called when the thread was woken, after the messages: for a work that looks into shared memory for what there is to do. */
  woken?(): void;
}

/** All that a thread can be asked to do, by name; `reply` sends a message to who started it. */
export type ThreadWorks = Readonly<Record<string, (reply: (message: unknown) => void) => ThreadWork>>;

/** Who has started a thread. Called between turns of the event loop. */
export interface ThreadOwner {
  received(message: unknown): void;
  /** The thread has ended by an error. */
  failed(error: Error): void;
}

/** A thread that runs. It does not keep the process alive. */
export interface Thread {
  /** Sends what can be cloned; shared memory is shared, not copied. Wakes the thread. */
  post(message: unknown): void;
  /** Wakes the thread: 0.06 microseconds, without a message. */
  wake(): void;
  /** Ends it when it has received what was posted; resolves when nothing of it is left. Nothing is received from it any more. */
  end(): Promise<void>;
}

/** Where a server gets its threads. */
export interface Threads {
  /** Starts a thread for a work. Throws when the process may have none. */
  start(work: string, owner: ThreadOwner): Thread;
}
