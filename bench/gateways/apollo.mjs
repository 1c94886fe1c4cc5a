// Apollo Gateway as it ships, over what is given on the first line of input: {services: [{name, url, sdl}], seconds}.
import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";
import fetch from "make-fetch-happen";
import { input, ready } from "./talk.mjs";

const { services, seconds } = await input();
const { supergraphSdl } = composeServices(services.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
// The fetcher that it has by itself, but for the timeout, which it has not.
const fetcher = fetch.defaults({ maxSockets: Infinity, retry: false, timeout: seconds * 1000 });
const gateway = new ApolloGateway({
  supergraphSdl,
  buildService: ({ url }) => Object.assign(new RemoteGraphQLDataSource({ url }), { fetcher }),
});
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const server = new ApolloServer({ gateway, logger: quiet, includeStacktraceInErrorResponses: false });
const { url } = await startStandaloneServer(server, { listen: { port: 0, host: "127.0.0.1" } });
await ready(`http://127.0.0.1:${new URL(url).port}/`);
