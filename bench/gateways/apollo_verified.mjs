// Apollo Gateway made to answer as guarded as our node, over {services: [{name, state, url, sdl, certificate}], seconds,
// officer, certificate, key, signing, kid, thumbprint, schema, words, ledger}. In order:
// 1. The officer is known by a token of this state, verified once and then by its hash, and names an open enquiry.
// 2. Each owner is asked under mutual TLS 1.3, pinned to its certificate, with a token signed for it and this question.
// 3. An answer is read only of our schema and time; each value must fit, each row be of the owner that sent it.
// 4. All rows are merged into one page, and the ids that it tells stand in a chained file, on disk, before it leaves.
import { createHash, createPrivateKey, createPublicKey, randomUUID, sign, verify } from "node:crypto";
import { open } from "node:fs/promises";
import { Agent } from "node:https";
import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { composeServices } from "@theguild/federation-composition";
import { GraphQLError, parse } from "graphql";
import fetch from "make-fetch-happen";
import { input, ready } from "./talk.mjs";

const LEEWAY = 30, LONGEST_PEER = 120, LONGEST_TEXT = 20_000;
const given = await input();
const { services, seconds, officer, thumbprint } = given;
const states = new Map(services.map(({ name, state }) => [name, state]));
const home = officer.state;
const [signing, speaks] = [createPrivateKey(given.signing), createPublicKey(given.signing)];
const words = Object.fromEntries(Object.entries(given.words).map(([name, all]) => [name, new Set(all)]));
const ledger = await open(given.ledger, "a");
const raw = { dsaEncoding: "ieee-p1363" };
const base64 = (said) => Buffer.from(JSON.stringify(said)).toString("base64url");
const now = () => Math.floor(Date.now() / 1000);

function refuse(code) {
  throw new GraphQLError("Refused.", { extensions: { code } });
}

const known = new Map();

function claimsOf(token) {
  const name = createHash("sha256").update(token).digest("base64");
  let claims = known.get(name);
  if (claims === undefined) {
    const [head, body, signature] = token.split(".");
    const { alg, kid } = JSON.parse(Buffer.from(head, "base64url"));
    const good = verify("sha256", Buffer.from(`${head}.${body}`), { key: speaks, ...raw }, Buffer.from(signature, "base64url"));
    if (alg !== "ES256" || kid !== given.kid || !good) refuse("UNAUTHENTICATED");
    claims = JSON.parse(Buffer.from(body, "base64url"));
    if (claims.iss !== home || claims.aud !== home || claims.sub !== officer.id) refuse("UNAUTHENTICATED");
    known.set(name, claims);
  }
  if (claims.exp + LEEWAY <= now() || claims.nbf > now() + LEEWAY) refuse("UNAUTHENTICATED");
  return claims;
}

async function context({ req }) {
  const claims = claimsOf((req.headers.authorization ?? "").replace(/^Bearer /, ""));
  if (req.headers["sangam-enquiry"] !== officer.enquiry) refuse("ENQUIRY_REQUIRED");
  return { officer: claims.sub, correlation: randomUUID(), asked: 0, sources: new Map() };
}

const head = base64({ alg: "ES256", kid: given.kid, typ: "fed+jwt" });

function tokenFor(state, question) {
  const begin = now();
  const body = base64({
    iss: home, aud: state, sub: `${home}:${question.officer}`, jti: `${question.correlation}.${(question.asked += 1)}`,
    iat: begin, nbf: begin, exp: begin + LONGEST_PEER, cnf: { "x5t#S256": thumbprint },
    purpose: officer.purpose, case_ref: officer.case_ref, legal_basis: officer.legal_basis, enquiry: officer.enquiry,
    enquiry_exp: officer.enquiry_exp, rank: officer.rank, unit: officer.unit, level: officer.level, compartments: [],
    auth_time: officer.auth_time,
  });
  const said = `${head}.${body}`;
  return `${said}.${sign("sha256", Buffer.from(said), { key: signing, ...raw }).toString("base64url")}`;
}

const id = /^urn:sangam:(IN-[A-Z]{2}):person:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const text = (value) => typeof value === "string" && value.length <= LONGEST_TEXT;

function fits({ score, node }, state) {
  return (
    typeof score === "number" && score >= 0 && score <= 1 &&
    text(node.__typename) && text(node.id) && id.exec(node.id)?.[1] === state &&
    Array.isArray(node.names) && node.names.every((one) => text(one.text) && words.script.has(one.script)) &&
    words.category.has(node.category) && node.provenance.owner === state &&
    Number.isInteger(node.provenance.level) && words.handling.has(node.provenance.handling)
  );
}

const before = (one, other) =>
  other.score - one.score || (one.node.id < other.node.id ? -1 : one.node.id > other.node.id ? 1 : 0);

class Owner extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    // Asked once without an officer, when the gateway begins.
    if (context.officer) request.http.headers.set("authorization", `Bearer ${tokenFor(this.state, context)}`);
  }

  didReceiveResponse({ response, context, request }) {
    const { headers } = response.http;
    const time = Number(headers.get("sangam-time"));
    if (headers.get("sangam-schema") !== given.schema || !(Math.abs(now() - time) <= LEEWAY)) refuse("INCOMPATIBLE");
    const [page] = Object.values(response.data ?? {});
    const edges = page?.edges;
    if (!Array.isArray(edges) || edges.length > request.variables.first) refuse("INCOMPATIBLE");
    if (!edges.every((edge) => fits(edge, this.state))) refuse("INCOMPATIBLE");
    for (let at = 1; at < edges.length; at++) if (!(before(edges[at - 1], edges[at]) < 0)) refuse("INCOMPATIBLE");
    context.sources.set(this.state, time);
    return response;
  }
}

let chained = "";

async function written(entry) {
  const line = JSON.stringify({ prev: chained, at: Date.now(), ...entry });
  chained = createHash("sha256").update(line).digest("hex");
  await ledger.appendFile(line + "\n");
  await ledger.datasync();
}

// Many owners' lists become one page, which is on the ledger before it leaves.
const answering = {
  async requestDidStart() {
    return {
      async willSendResponse({ response, contextValue, request }) {
        const result = response.body.singleResult;
        if (!result.data) return;
        const lists = Object.values(result.data).filter((list) => list !== null);
        const rows = lists.flatMap((list) => list.edges).sort(before).slice(0, request.variables.first);
        const nodes = rows.map(({ node }) => node);
        const returned = new Map();
        for (const { provenance } of nodes) returned.set(provenance.owner, (returned.get(provenance.owner) ?? 0) + 1);
        const sources = [...states.values()].map((state) => ({
          state, status: contextValue.sources.has(state) ? "LIVE" : "UNREACHABLE", returned: returned.get(state) ?? 0,
        }));
        await written({
          officer: contextValue.officer, enquiry: officer.enquiry, purpose: officer.purpose,
          correlation: contextValue.correlation, asked: sources.map(({ state }) => state), ids: nodes.map((node) => node.id),
        });
        const complete = sources.every(({ status }) => status === "LIVE");
        response.body.singleResult = { data: { find: { nodes, sources, complete } } };
      },
    };
  },
};

const { supergraphSdl } = composeServices(services.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
const gateway = new ApolloGateway({
  supergraphSdl,
  buildService({ name, url }) {
    const { state, certificate } = services.find((one) => one.name === name);
    const agent = new Agent({
      keepAlive: true, cert: given.certificate, key: given.key, ca: [certificate], minVersion: "TLSv1.3",
      allowPartialTrustChain: true, checkServerIdentity: () => undefined,
    });
    const fetcher = fetch.defaults({ agent, retry: false, timeout: seconds * 1000 });
    return Object.assign(new Owner({ url }), { fetcher, state });
  },
});
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const server = new ApolloServer({ gateway, logger: quiet, plugins: [answering], includeStacktraceInErrorResponses: false });
const { url } = await startStandaloneServer(server, { listen: { port: 0, host: "127.0.0.1" }, context });
await ready(`http://127.0.0.1:${new URL(url).port}/`);
