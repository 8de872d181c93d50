"""The laboratory: one page in which a network of the reader's own trains, and every number of it can be turned."""
