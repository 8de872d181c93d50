"""Where every card and line of a picture goes."""
