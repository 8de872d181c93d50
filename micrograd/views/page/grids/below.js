// ---------------------------------------------------------------------------------------------------------------
// The network on a small screen: its columns one under the other. What lines say elsewhere, numbers say.
// ---------------------------------------------------------------------------------------------------------------

function placeBelow(layout, wide) {
  const side = 12;
  const room = wide - 2 * side;
  const titles = [];
  let y = 24;
  for (const column of columns) {
    titles.push(text(side, y, columnTitle(column, room), "title"));
    const top = y + 10;
    if (column.form === "channels") placeChannels(layout, column, [side, top], Infinity, Math.max(room, channelParts(column, 60).width));
    else if (column.form === "units") placeUnits(layout, column.stages[0], [side, top], [room, Infinity], room > 420 ? 2 : 1);
    else placeSheets(layout, column, [side, top - 4], [room, (column.stages.length > 2 ? 240 : 330) * Math.ceil(column.stages.length / (column.stages.length > 2 ? 2 : 1))]);
    y = layout.bottom + 30;
  }
  if (network.loss) layout.parts.push(lossCard(layout, [side, y - 10], false));
  return [null, titles];
}
