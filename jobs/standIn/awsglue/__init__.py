"""Stands in for Glue's library where a script runs outside Glue."""
