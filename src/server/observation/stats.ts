/**
 * What a server counts outside the key space: connections, traffic, commands, errors. Whoever sees something happen adds
 * to a field; INFO reads them. All fields exist from the start, so that counting is one addition to a known place.
 */
import { ErrorStats } from "./error-stats.js";
import { Rate } from "./rate.js";

export class ServerStats {
  /** Connections accepted, and those turned away because of maxclients or protected mode. */
  totalConnections = 0;
  rejectedConnections = 0;
  /** Commands that ran, those inside EXEC and scripts included. */
  totalCommands = 0;
  /** Bytes received from and sent to clients, replication not included. */
  netInputBytes = 0;
  netOutputBytes = 0;
  replInputBytes = 0;
  replOutputBytes = 0;
  /** Reads and writes on client sockets. */
  totalReadsProcessed = 0;
  totalWritesProcessed = 0;
  totalErrorReplies = 0;
  /** Errors sent to a primary or replica, or while loading the AOF. */
  unexpectedErrorReplies = 0;
  /** Clients closed to keep within maxmemory-clients. */
  evictedClients = 0;
  queryBufferLimitDisconnections = 0;
  outputBufferLimitDisconnections = 0;
  /** How often a command had to wait for client-throttle, and how long all that have passed waited. */
  throttledCommands = 0;
  throttledUs = 0;
  aclDeniedAuth = 0;
  aclDeniedCommand = 0;
  aclDeniedKey = 0;
  aclDeniedChannel = 0;
  /** Time the server was above maxmemory, in microseconds, without the present spell. */
  evictionExceededUs = 0;
  /** Monotonic time at which the present spell above maxmemory began; 0 outside one. */
  evictionExceededSinceUs = 0;
  /** The most `used_memory` seen. */
  peakMemoryBytes = 0;
  /** Turns of work: a batch of input handled, or a tick of the cron. */
  eventLoopCycles = 0;
  /** Microseconds spent in all of them, in commands only, and in the cron only. */
  eventLoopUs = 0;
  eventLoopCommandUs = 0;
  eventLoopCronUs = 0;
  /** Longest turn in microseconds, and most commands in one turn. */
  eventLoopMaxUs = 0;
  eventLoopMaxCommands = 0;

  readonly errors = new ErrorStats();
  readonly opsPerSecond = new Rate();
  readonly inputBytesPerSecond = new Rate();
  readonly outputBytesPerSecond = new Rate();
  readonly replInputBytesPerSecond = new Rate();
  readonly replOutputBytesPerSecond = new Rate();
  readonly cyclesPerSecond = new Rate();
  readonly usPerCycle = new Rate();

  /** Counts an error reply. `text` is without the leading "-"; `isCustom`: a script made it up. */
  countError(text: string, isCustom = false): void {
    this.totalErrorReplies++;
    this.errors.add(text, isCustom);
  }

  /** Counts a turn of work that took `us` microseconds and ran `commands` commands. */
  countCycle(us: number, commands: number): void {
    this.eventLoopCycles++;
    this.eventLoopUs += us;
    if (us > this.eventLoopMaxUs) this.eventLoopMaxUs = us;
    if (commands > this.eventLoopMaxCommands) this.eventLoopMaxCommands = commands;
  }

  /**
   * Says whether the server is above maxmemory now; called where eviction tries to help that. A time before the spell's
   * beginning (a caller that did not look at the clock) ends it without adding to the sum.
   */
  setEvictionExceeded(isExceeded: boolean, monotonicUs: number): void {
    if (isExceeded === this.evictionExceededSinceUs > 0) return;
    if (isExceeded) {
      this.evictionExceededSinceUs = monotonicUs;
      return;
    }
    this.evictionExceededUs += Math.max(0, monotonicUs - this.evictionExceededSinceUs);
    this.evictionExceededSinceUs = 0;
  }

  /** Takes a sample for the rates; to be called every 100 ms. */
  sample(nowMs: number): void {
    this.opsPerSecond.sample(this.totalCommands, nowMs, 1000);
    this.inputBytesPerSecond.sample(this.netInputBytes + this.replInputBytes, nowMs, 1000);
    this.outputBytesPerSecond.sample(this.netOutputBytes + this.replOutputBytes, nowMs, 1000);
    this.replInputBytesPerSecond.sample(this.replInputBytes, nowMs, 1000);
    this.replOutputBytesPerSecond.sample(this.replOutputBytes, nowMs, 1000);
    this.cyclesPerSecond.sample(this.eventLoopCycles, nowMs, 1000);
    this.usPerCycle.sample(this.eventLoopUs, this.eventLoopCycles, 1);
  }

  /** CONFIG RESETSTAT. As in Redis, the memory's peak and what ACL denied are kept. */
  reset(): void {
    this.totalConnections = 0;
    this.rejectedConnections = 0;
    this.totalCommands = 0;
    this.netInputBytes = 0;
    this.netOutputBytes = 0;
    this.replInputBytes = 0;
    this.replOutputBytes = 0;
    this.totalReadsProcessed = 0;
    this.totalWritesProcessed = 0;
    this.totalErrorReplies = 0;
    this.unexpectedErrorReplies = 0;
    this.evictedClients = 0;
    this.queryBufferLimitDisconnections = 0;
    this.outputBufferLimitDisconnections = 0;
    this.throttledCommands = 0;
    this.throttledUs = 0;
    this.evictionExceededUs = 0;
    this.evictionExceededSinceUs = 0;
    this.eventLoopCycles = 0;
    this.eventLoopUs = 0;
    this.eventLoopCommandUs = 0;
    this.eventLoopCronUs = 0;
    this.eventLoopMaxUs = 0;
    this.eventLoopMaxCommands = 0;
    this.errors.reset();
    for (const rate of this.#rates()) rate.reset();
  }

  #rates(): Rate[] {
    return [
      this.opsPerSecond,
      this.inputBytesPerSecond,
      this.outputBytesPerSecond,
      this.replInputBytesPerSecond,
      this.replOutputBytesPerSecond,
      this.cyclesPerSecond,
      this.usPerCycle,
    ];
  }
}
