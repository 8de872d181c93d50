"""A graph to look at: its steps, its picture, and the player."""
