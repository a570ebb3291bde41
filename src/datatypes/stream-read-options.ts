/** What XREAD and XREADGROUP ask for. Made once with the streams and filled for every command, so that reading allocates nothing. */
export class StreamReadOptions {
  isGroupRead = false;
  /** Milliseconds to wait, 0 endlessly, -1 not at all. */
  timeoutMs = -1;
  /** Entries of each stream; 0: all. */
  count = 0;
  noAck = false;
  /** The arguments with the group's name, the consumer's, the first key, the first ID; and how many keys there are. */
  group = 0;
  consumer = 0;
  keys = 0;
  ids = 0;
  keyCount = 0;

  clear(isGroupRead: boolean): void {
    this.isGroupRead = isGroupRead;
    this.timeoutMs = -1;
    this.count = 0;
    this.noAck = false;
    this.group = 0;
    this.keys = 0;
  }
}
