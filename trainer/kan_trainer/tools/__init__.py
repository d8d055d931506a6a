"""What `kan-train` does beside training: a module each, named after its word, imported when that is the first argument.

Each has `add_options(parser)` and `run(arguments)`, which gives the exit code.
"""
