"""The monitor without a screen: the same dashboard as lines of text or of JSON, and as an exit code."""
