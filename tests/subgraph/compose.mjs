// Reads [{name, url, sdl}] and writes what the composer makes of them:
// {supergraph, errors: [[code, message]], owners: {type: [subgraph]}, questions: {field: type}}.
import { composeServices } from "@theguild/federation-composition";
import { Kind, parse, print } from "graphql";
import { json } from "node:stream/consumers";

const ANSWERS = [Kind.OBJECT_TYPE_DEFINITION, Kind.INTERFACE_TYPE_DEFINITION, Kind.UNION_TYPE_DEFINITION];

function ownersOf(type) {
  const joins = (type.directives ?? []).filter((one) => one.name.value === "join__type");
  return joins.map((one) => one.arguments.find((given) => given.name.value === "graph").value.value);
}

const services = await json(process.stdin);
const { supergraphSdl, errors = [] } = composeServices(
  services.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
);
const types = supergraphSdl ? parse(supergraphSdl).definitions.filter((one) => ANSWERS.includes(one.kind)) : [];
const questions = types.find((one) => one.name.value === "Query")?.fields ?? [];
const said = {
  supergraph: supergraphSdl ?? null,
  errors: errors.map(({ extensions, message }) => [extensions?.code ?? "", message]),
  owners: Object.fromEntries(types.map((one) => [one.name.value, ownersOf(one)])),
  questions: Object.fromEntries(questions.map((one) => [one.name.value, print(one.type)])),
};
process.stdout.write(JSON.stringify(said));
