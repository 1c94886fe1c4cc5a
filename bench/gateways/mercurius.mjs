// The gateway of mercurius, compiled queries on, over {services: [{name, url, sdl}], seconds}.
import mercuriusGateway from "@mercuriusjs/gateway";
import fastify from "fastify";
import { input, ready } from "./talk.mjs";

const { services, seconds } = await input();
const app = fastify();
app.register(mercuriusGateway, {
  jit: 1,
  gateway: {
    services: services.map(({ name, url, sdl }) => ({
      name,
      url,
      // It reads Federation 1, where a service extends the root.
      schema: sdl.replace(/^extend schema .*$/m, "").replace("type Query", "extend type Query"),
      headersTimeout: seconds * 1000,
      bodyTimeout: seconds * 1000,
      connections: 20,
    })),
  },
});
const address = await app.listen({ port: 0, host: "127.0.0.1" });
await ready(`${address}/graphql`);
