"""A corpus of functions and their tests: found, checked line by line, freed of duplicates, and split without leaks.

Importing this loads neither torch nor transformers.
"""
