// Judges Mermaid files with Mermaid's own parser: `node mermaid.mjs NODE_MODULES FILE…`.
// Prints one JSON object per file: its kind, and what the parser understood (nodes, edges and groups; states and
// relations; actors and messages), or its error.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, ...files] = process.argv.slice(2);
const require = createRequire(resolve(modules, 'judge.js'));
const { JSDOM } = require('jsdom');
// The parser cleans labels with a DOM.
globalThis.window = new JSDOM('').window;
globalThis.document = window.document;
const { default: mermaid } = await import(pathToFileURL(resolve(modules, 'mermaid/dist/mermaid.core.mjs')));
mermaid.initialize({ startOnLoad: false });

// Mermaid hides `#59;` and its like from its grammars, and puts the letter back when it draws.
const shown = (text) => (text ?? '').replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(code));
const values = (all) => (all instanceof Map ? [...all.values()] : Object.values(all ?? {}));

for (const file of files) {
  const text = readFileSync(file, 'utf8');
  try {
    const { diagramType } = await mermaid.parse(text);
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    console.log(JSON.stringify({
      file,
      kind: diagramType,
      nodes: values(db.getVertices?.()).map((node) => [node.id, node.text ?? '']),
      edges: values(db.getEdges?.()).map((edge) => [edge.start, edge.end, edge.text ?? '', edge.stroke]),
      states: db.getStates ? values(db.getStates()).map((state) => [state.id, shown((state.descriptions ?? []).join(' ')), state.type]) : [],
      relations: db.getRelations ? values(db.getRelations()).map((one) => [one.id1, one.id2, shown(one.relationTitle)]) : [],
      actors: db.getActors ? values(db.getActors()).map((actor) => actor.description) : [],
      messages: db.getMessages ? values(db.getMessages()).map((one) => [one.from ?? '', one.to ?? '', one.type, shown(one.message)]) : [],
      groups: values(db.getSubGraphs?.()).map((group) => [group.id, group.title, group.nodes]),
    }));
  } catch (error) {
    console.log(JSON.stringify({ file, error: String(error.message) }));
  }
}
