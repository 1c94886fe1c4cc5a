// Reads a supergraph and fronts it on loopback until its input ends; says its port once it listens.
//
// Each owner knows its own officers alone, so a client sends a token and an enquiry for each: `rj-authorization`,
// `rj-sangam-enquiry` and so on; each subgraph is sent its own.
import { createGatewayRuntime } from "@graphql-hive/gateway-runtime";
import { unifiedGraphHandler } from "@graphql-hive/router-runtime";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { supergraph } = JSON.parse((await lines.next()).value);
const gateway = createGatewayRuntime({
  supergraph,
  unifiedGraphHandler,
  logging: "error",
  graphiql: false,
  landingPage: false,
  upstreamTimeout: 10_000,
  propagateHeaders: {
    fromClientToSubgraphs({ request, subgraphName }) {
      const owner = subgraphName.toLowerCase();
      return {
        authorization: request.headers.get(`${owner}-authorization`),
        "sangam-enquiry": request.headers.get(`${owner}-sangam-enquiry`),
      };
    },
  },
});
const server = createServer(gateway).listen(0, "127.0.0.1", () => {
  process.stdout.write(JSON.stringify({ port: server.address().port }) + "\n");
});
await lines.next();
process.exit(0);
