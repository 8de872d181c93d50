"""A batch in a graph, and its picture: the cells of a card are the rows."""
