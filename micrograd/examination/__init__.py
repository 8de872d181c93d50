"""`examine(TheirValue)`: what is right and what is wrong in an engine that someone wrote to learn how one works.

`cases` says what a case is, `operations` and `graphs` hold them, from small to large; `running` runs one, `judging` finds the
likely bug among those of `bugs`, and `reports` shows what came of it.
"""
