"""The dashboard in a browser: a page behind a token, that asks nothing of any other machine."""
