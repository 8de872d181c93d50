"""The targets that compute with arrays: `numpy` and `jax`, one text with two small preludes."""
