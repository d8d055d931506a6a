"""The subcommands of `kan-train` that are no training: a module each, imported when its word is typed."""
