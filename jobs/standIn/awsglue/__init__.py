"""Replaces Glue's library when a script runs outside Glue."""
