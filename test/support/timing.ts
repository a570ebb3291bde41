/** Limits of time on a machine that also does other things. */

const TRIES = 6;

/**
 * Runs `measure` until it does not throw, at most six times, and then throws what the last one did. For upper limits of time: other work
 * on the machine makes what is quick slow now and then, but nothing makes what is slow quick every sixth time.
 */
export async function onAnyTry<T>(measure: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await measure();
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}
