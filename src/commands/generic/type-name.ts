import { ValueType } from "../../structures/entry/entry.js";

/** A type as TYPE prints it. */
export function typeName(type: ValueType): string {
  switch (type) {
    case ValueType.STRING:
      return "string";
    case ValueType.LIST:
      return "list";
    case ValueType.SET:
      return "set";
    case ValueType.ZSET:
      return "zset";
    case ValueType.HASH:
      return "hash";
    case ValueType.STREAM:
      return "stream";
  }
}
