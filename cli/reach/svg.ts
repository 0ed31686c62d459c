/** A picture of a graph, drawn by Graphviz as WebAssembly: no program has to be installed. */
import { Graphviz } from '@hpcc-js/wasm-graphviz';

export async function svgOf(dot: string): Promise<string[]> {
  const graphviz = await Graphviz.load();
  return graphviz.layout(dot, 'svg', 'dot').trimEnd().split('\n');
}
