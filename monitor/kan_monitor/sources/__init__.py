"""Where the monitor has its facts from: one module a format, all of them `Source`s."""
