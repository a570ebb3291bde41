/** What DEBUG switches for tests; whoever does the work asks here. One object per server. */
export class DebugSwitches {
  /** SET-ACTIVE-EXPIRE: the expire cycle runs. */
  activeExpire = true;
  /** PAUSE-CRON: nothing periodic runs. */
  cronPaused = false;
  /** DICT-RESIZING: indexes may grow and shrink; kept only, since a dict page that is full has to split. */
  dictResizing = true;
  /** REPLYBUFFER RESIZING: reply buffers of idle clients shrink. */
  replyBufferResizing = true;
  /** REPLYBUFFER PEAK-RESET-TIME: milliseconds after which a reply buffer's peak is forgotten; -1 is never. */
  replyBufferPeakResetMs = 5000;
  /** SET-DISABLE-DENY-SCRIPTS: scripts may run commands flagged "noscript". */
  denyScriptsDisabled = false;
  /** SET-SKIP-CHECKSUM-VALIDATION: RDB files and RESTORE payloads with wrong checksums are taken. */
  checksumsSkipped = false;
  /** QUICKLIST-PACKED-THRESHOLD: list elements from this size on get a node of their own; 0 is the default. */
  quicklistPackedThreshold = 0;
}
