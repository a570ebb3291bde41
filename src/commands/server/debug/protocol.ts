import { exactly } from "./action.js";

/** DEBUG PROTOCOL: a sample of each type of the protocol. */
export const protocol = exactly(3, ({ reply }, argv) => {
  switch (argv.latin1(2).toLowerCase()) {
    case "string":
      return reply.bulkText("Hello World");
    case "integer":
      return reply.integer(12345);
    case "double":
      return reply.doubleText("3.141");
    case "bignum":
      return reply.bigNumber("1234567999999999999999999999999999999");
    case "null":
      return reply.null();
    case "array":
      reply.array(3);
      for (let i = 0; i < 3; i++) reply.integer(i);
      return;
    case "set":
      reply.set(3);
      for (let i = 0; i < 3; i++) reply.integer(i);
      return;
    case "map":
      reply.map(3);
      for (let i = 0; i < 3; i++) {
        reply.integer(i);
        reply.boolean(i === 1);
      }
      return;
    case "attrib":
      if (reply.resp === 3) {
        reply.header(ATTRIBUTE, 1);
        reply.bulkText("key-popularity");
        reply.array(2);
        reply.bulkText("key:123");
        reply.integer(90);
      }
      return reply.bulkText("Some real reply following the attribute");
    case "push":
      if (reply.resp === 2) return reply.error("ERR RESP2 is not supported by this command");
      // A push made by the command itself waits for the end of its reply, whatever the text says.
      reply.bulkText("Some real reply following the push reply");
      reply.push(2);
      reply.bulkText("server-cpu-usage");
      return reply.integer(42);
    case "verbatim":
      return reply.verbatim("txt", "This is a verbatim\nstring");
    case "true":
      return reply.boolean(true);
    case "false":
      return reply.boolean(false);
    default:
      reply.error(
        "ERR Wrong protocol type name. Please use one of the following: string|integer|double|bignum|null|array|set|map|" +
          "attrib|push|verbatim|true|false",
      );
  }
});

/** The type byte "|". */
const ATTRIBUTE = 0x7c;
