import type { Command } from "../spec.js";
import { auth } from "./auth.js";
import { clientCommand } from "./client.js";
import { echo } from "./echo.js";
import { hello } from "./hello.js";
import { ping } from "./ping.js";
import { quit } from "./quit.js";
import { reset } from "./reset.js";
import { select } from "./select.js";

/** The commands of the group "connection". */
export const connectionCommands: readonly Command[] = [ping, echo, auth, clientCommand, hello, select, quit, reset];
