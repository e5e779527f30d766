// Colors texts with a TextMate grammar as editors do: one line of JSON for each file, a list of [line, text, scopes].
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";

const [modules, grammar, ...files] = process.argv.slice(2);
const require = createRequire(path.join(modules, "x.js"));
const { Registry, INITIAL, parseRawGrammar } = require("vscode-textmate");
const oniguruma = require("vscode-oniguruma");

const wasm = readFileSync(path.join(modules, "vscode-oniguruma/release/onig.wasm"));
await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
const registry = new Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async () => parseRawGrammar(readFileSync(grammar, "utf8"), grammar),
});
const flow = await registry.loadGrammar("source.flow");
for (const file of files) {
  let state = INITIAL;
  const tokens = [];
  readFileSync(file, "utf8").split("\n").forEach((line, at) => {
    const result = flow.tokenizeLine(line, state);
    state = result.ruleStack;
    for (const token of result.tokens) {
      const text = line.slice(token.startIndex, token.endIndex);
      tokens.push([at + 1, text, token.scopes.slice(1).join(" ")]);
    }
  });
  console.log(JSON.stringify(tokens));
}
