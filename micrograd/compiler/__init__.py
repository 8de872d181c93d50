"""From a graph to code: `listing` flattens it, a target spells the listing, `program` runs what came out."""
