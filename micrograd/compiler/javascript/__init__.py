"""Scripts for pages."""
