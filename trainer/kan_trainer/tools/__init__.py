"""Subcommands of `kan-train` that are no training: each module has `SUMMARY`, `add_options` and `run`."""
