/** Serves one port of 127.0.0.1: HTTP/1.1, and HTTP/2 without TLS, which the SDK's Kinesis client uses. */
import * as http from "node:http";
import * as http2 from "node:http2";
import * as net from "node:net";
export interface Endpoint {
  /** `http://127.0.0.1:4566`. With an address instead of `localhost`, S3 clients use path-style URLs by default. */
  readonly url: string;
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
/** The first bytes of an HTTP/2 connection with prior knowledge (RFC 9113, section 3.4). */
const PREFACE = Buffer.from("PRI * HTTP/2.0");
/** Bytes that a client may send before it waits for the server: a PutRecords call has up to 10 MiB. */
const WINDOW_BYTES = 16 * 1024 * 1024;

export type Incoming = http.IncomingMessage | http2.Http2ServerRequest;
export type Outgoing = http.ServerResponse | http2.Http2ServerResponse;

export async function startEndpoint(
  onRequest: (incoming: Incoming, outgoing: Outgoing) => void,
  port: number,
): Promise<Endpoint> {
  const sockets = new Set<net.Socket>();
  const plain = http.createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, onRequest);
  const multiplexed = http2.createServer({ settings: { initialWindowSize: WINDOW_BYTES } }, onRequest);
  multiplexed.on("session", (session) => session.setLocalWindowSize(WINDOW_BYTES));

  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    peek(socket, (isHttp2) => {
      (isHttp2 ? multiplexed : plain).emit("connection", socket);
      // An HTTP/2 session reads the socket's handle itself.
      if (!isHttp2) socket.resume();
    });
  });
  await listen(server, port);
  const address = server.address() as net.AddressInfo;
  return {
    url: `http://${HOST}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Peeks at a connection's first bytes to detect HTTP/2. */
function peek(socket: net.Socket, then: (isHttp2: boolean) => void): void {
  let seen = Buffer.alloc(0);
  const onData = (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, PREFACE.length);
    const isPreface = seen.subarray(0, length).equals(PREFACE.subarray(0, length));
    if (isPreface && length < PREFACE.length) return;
    socket.off("data", onData);
    socket.pause();
    socket.unshift(seen);
    then(isPreface);
  };
  socket.on("data", onData);
}

function listen(server: net.Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      reject(
        new Error(`local: port ${port} of ${HOST} is in use; stop what uses it, or choose another with --port`, {
          cause: error,
        }),
      );
    });
    server.listen(port, HOST, resolve);
  });
}
