// How a gateway talks with the race: what it fronts comes as one line, its address goes as one, and it ends with input.
import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

export async function input() {
  return JSON.parse((await lines.next()).value);
}

export async function ready(address) {
  process.stdout.write(JSON.stringify({ address }) + "\n");
  await lines.next();
  process.exit(0);
}
