// One row, looked at: what every node is, every local derivative, and the gradient of the row's loss at every node.

const look = {
  row: 0,
  numbers: new Float64Array(lab.nodes.length + lab.edges.length), // of every node, and then the local derivative of every edge
  slopes: new Float64Array(lab.nodes.length), // the derivative of the row's loss by every node
};

const lossNode = lab.cards[lab.cards.length - 1].main;
const edgesInto = lab.nodes.map(() => []); // for every node the edges from its operands, in their order
lab.edges.forEach(([, child], edge) => edgesInto[child].push(edge));

/** The local derivative on an edge. */
function localOf(edge) {
  return look.numbers[lab.nodes.length + edge];
}

/** The numbers of a row at the present parameters: forward, and then backward as the engine sweeps, the last node first. */
function lookAtRow(row = look.row) {
  const { rows, width, p } = training;
  const { numbers, slopes } = look;
  look.row = row;
  rowNumbers(rows.subarray(row * width, (row + 1) * width), p, numbers);
  slopes.fill(0);
  slopes[lossNode] = 1;
  for (let child = slopes.length - 1; child >= 0; child -= 1) {
    for (const edge of edgesInto[child]) slopes[lab.edges[edge][0]] += localOf(edge) * slopes[child];
  }
}
