import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClientFilter } from "../../src/commands/clients-context.js";
import { KeyspaceServer } from "./keyspace-server.js";

interface FakeClient {
  id: number;
  peerAddress: string;
  closed: boolean;
  close(): void;
  blocked: unknown;
  [field: string]: unknown;
}

function fakeClient(id: number): FakeClient {
  const client: FakeClient = {
    id,
    resp: 2,
    peerAddress: `127.0.0.1:${id}`,
    name: "",
    replyMode: "on",
    blocked: null,
    tracking: null,
    closed: false,
    close: () => {
      client.closed = true;
    },
  };
  return client;
}

/** Three clients, of which the first calls, and the filter that was last asked for. */
function clientServer(): { server: KeyspaceServer; clients: FakeClient[]; asked: ClientFilter[]; pauses: unknown[] } {
  const clients = [fakeClient(1), fakeClient(2), fakeClient(3)];
  const asked: ClientFilter[] = [];
  const pauses: unknown[] = [];
  const matches = (client: FakeClient, filter: ClientFilter): boolean =>
    (filter.ids === undefined || filter.ids.includes(client.id)) &&
    (filter.address === undefined || filter.address === client.peerAddress) &&
    filter.skipId !== client.id;
  const server = new KeyspaceServer({
    client: clients[0],
    acl: { user: (name: string) => (name === "default" ? {} : null) },
    clients: {
      count: 3,
      all: () => clients,
      byId: (id: number) => clients.find((client) => client.id === id),
      describe: (client: FakeClient) => `id=${client.id}`,
      matching: (filter: ClientFilter) => {
        asked.push(filter);
        return clients.filter((client) => matches(client, filter));
      },
      pause: (untilMs: number, mode: string) => pauses.push([untilMs, mode]),
      unpause: () => pauses.push("unpause"),
    },
  });
  return { server, clients, asked, pauses };
}

test("CLIENT LIST and INFO print a line for each client", () => {
  const { server } = clientServer();
  assert.equal(server.call("CLIENT LIST"), "id=1\nid=2\nid=3\n");
  assert.equal(server.call("CLIENT LIST ID 3 9 3"), "id=3\nid=3\n");
  assert.equal(server.call("CLIENT INFO"), "id=1\n");
  assert.equal(server.call("CLIENT LIST ID x"), "ERR Invalid client ID");
  assert.equal(server.call("CLIENT LIST TYPE x"), "ERR Unknown client type 'x'");
  assert.equal(server.call("CLIENT LIST TYPE"), "ERR syntax error");
});

test("CLIENT KILL in the old form takes an address, also the own one", () => {
  const { server, clients } = clientServer();
  assert.equal(server.call("CLIENT KILL 127.0.0.1:2"), "OK");
  assert.equal(server.call("CLIENT KILL 127.0.0.1:1"), "OK");
  assert.equal(server.call("CLIENT KILL nowhere"), "ERR No such client");
  assert.deepEqual(
    clients.map((client) => client.closed),
    [false, true, false],
  );
  assert.equal(clients[0]!.closeAfterReply, true);
});

test("CLIENT KILL in the new form spares the caller unless told, and counts", () => {
  const { server, clients, asked } = clientServer();
  assert.equal(server.call("CLIENT KILL TYPE slave USER default LADDR x MAXAGE 10"), 2);
  assert.deepEqual(asked[0], { skipId: 1, type: "replica", user: "default", localAddress: "x", maxAgeSeconds: 10 });
  assert.equal(server.call("CLIENT KILL SKIPME no ID 1"), 1);
  assert.equal(clients[0]!.closeAfterReply, true);
});

test("CLIENT KILL refuses criteria that make no sense, and kills nobody then", () => {
  const { server, asked } = clientServer();
  const errors: [string, string][] = [
    ["ID x", "ERR client-id should be greater than 0"],
    ["ID 2 ID 0", "ERR client-id should be greater than 0"],
    ["MAXAGE x", "ERR maxage is not an integer or out of range"],
    ["MAXAGE 0", "ERR maxage should be greater than 0"],
    ["USER nobody", "ERR No such user 'nobody'"],
    ["TYPE x", "ERR Unknown client type 'x'"],
    ["SKIPME x", "ERR syntax error"],
    ["ID 2 ADDR", "ERR syntax error"],
    ["FOO x", "ERR syntax error"],
  ];
  for (const [options, error] of errors) assert.equal(server.call(`CLIENT KILL ${options}`), error, options);
  assert.deepEqual(asked, []);
});

test("CLIENT PAUSE checks the mode before the time", () => {
  const { server, pauses } = clientServer();
  assert.equal(server.call("CLIENT PAUSE x foo"), "ERR CLIENT PAUSE mode must be WRITE or ALL");
  assert.equal(server.call("CLIENT PAUSE x"), "ERR timeout is not an integer or out of range");
  assert.equal(server.call("CLIENT PAUSE -1"), "ERR timeout is negative");
  server.call("CLIENT PAUSE 100");
  server.call("CLIENT PAUSE 5 write");
  server.call("CLIENT UNPAUSE");
  const { nowMs } = server.context;
  assert.deepEqual(pauses, [[nowMs + 100, "all"], [nowMs + 5, "write"], "unpause"]);
});

test("CLIENT REPLY SKIP while OFF stays OFF", () => {
  const { server, clients } = clientServer();
  assert.equal(server.bytes("CLIENT", "REPLY", "SKIP"), "");
  assert.equal(clients[0]!.replyMode, "skip-next");
  assert.equal(server.bytes("CLIENT", "REPLY", "OFF"), "");
  server.bytes("CLIENT", "REPLY", "SKIP");
  assert.equal(clients[0]!.replyMode, "off");
  assert.equal(server.call("CLIENT REPLY ON"), "OK");
});

test("CLIENT UNBLOCK wakes a waiting client, but none that is paused", () => {
  const { server, clients } = clientServer();
  const woken: string[] = [];
  const unblock = (how: string): number => woken.push(how);
  clients[1]!.blocked = { kind: "keys", unblock };
  clients[2]!.blocked = { kind: "gate", unblock };
  assert.equal(server.call("CLIENT UNBLOCK 2"), 1);
  assert.equal(server.call("CLIENT UNBLOCK 2 error"), 1);
  assert.equal(server.call("CLIENT UNBLOCK 3"), 0);
  assert.equal(server.call("CLIENT UNBLOCK 9"), 0);
  assert.equal(server.call("CLIENT UNBLOCK x foo"), "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
  assert.deepEqual(woken, ["timeout", "error"]);
});

test("CLIENT SETNAME and SETINFO take printable texts without spaces, empty ones too", () => {
  const { server, clients } = clientServer();
  assert.equal(server.call("CLIENT GETNAME"), null);
  assert.equal(server.call("CLIENT SETNAME me"), "OK");
  assert.equal(server.call("CLIENT GETNAME"), "me");
  assert.match(server.bytes("CLIENT", "SETNAME", "a b"), /^-ERR Client names cannot contain spaces/);
  assert.match(server.bytes("CLIENT", "SETNAME", ""), /^\+OK/);
  assert.equal(server.call("CLIENT GETNAME"), null);
  assert.equal(server.call("CLIENT SETINFO lib-name x"), "OK");
  assert.equal(clients[0]!.libName, "x");
  assert.match(
    server.bytes("CLIENT", "SETINFO", "Lib-Ver", "1 2"),
    /^-ERR Lib-Ver cannot contain spaces, newlines or special characters\.\r\n/,
  );
  assert.equal(server.call("CLIENT SETINFO foo x"), "ERR Unrecognized option 'foo'");
});

test("CLIENT TRACKINGINFO of a client that does not track", () => {
  const { server, clients } = clientServer();
  clients[0]!.resp = 3;
  assert.equal(
    server.bytes("CLIENT", "TRACKINGINFO"),
    "%3\r\n$5\r\nflags\r\n~1\r\n$3\r\noff\r\n$8\r\nredirect\r\n:-1\r\n$8\r\nprefixes\r\n*0\r\n",
  );
});
