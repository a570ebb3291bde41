/**
 * Assertions: what is false only when Redstart has a bug. They are on in production, but for the innermost loops: bytes that are wrong already are
 * better not written to. Nobody catches them, so the server stops, and its log has the message and the stack.
 *
 * Cost: the comparison. So a message is a constant; one that says more is built where the comparison has failed, by who throws it.
 */

/** A bug; not one of the errors that anybody handles. */
class AssertionFailed extends Error {
  override readonly name = "AssertionFailed";
}

/** Throws unless `condition` holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailed(message);
}
