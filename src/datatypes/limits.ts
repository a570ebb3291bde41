/** At which size collections change their encoding: the directives of the same names, set by the server. */
export class EncodingLimits {
  hashMaxListpackEntries = 512;
  hashMaxListpackValue = 64;
  /** Positive: elements; -1 to -5: 4, 8, 16, 32, 64 KB. */
  listMaxListpackSize = -2;
  setMaxIntsetEntries = 512;
  setMaxListpackEntries = 128;
  setMaxListpackValue = 64;
  zsetMaxListpackEntries = 128;
  zsetMaxListpackValue = 64;
  streamNodeMaxBytes = 4096;
  streamNodeMaxEntries = 100;
}
