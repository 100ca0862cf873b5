import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { checkEndpoint } from "../../../cli/send/checkEndpoint";

test("AWS itself is not checked, and an endpoint that accepts connections passes", async () => {
  await checkEndpoint(undefined);
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await checkEndpoint(`http://127.0.0.1:${port}`);
  await checkEndpoint(`http://localhost:${port}/path`);
  server.close();
});

test("a port without a listener is an error with the command that serves there", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  await expect(checkEndpoint(`http://127.0.0.1:${port}`)).rejects.toThrow(
    `streamlake: nothing listens at http://127.0.0.1:${port}; start a local cloud there with: streamlake local --serve --port ${port}`,
  );
});

test("an unknown host is an error that names the option and the variable", async () => {
  await expect(checkEndpoint("http://nowhere.invalid:1")).rejects.toThrow(
    "streamlake: the host of the endpoint http://nowhere.invalid:1 is unknown; correct --endpoint-url or AWS_ENDPOINT_URL",
  );
});
