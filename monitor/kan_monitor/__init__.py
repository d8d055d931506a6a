"""The consumer: reads an experiment directory and shows it, on a screen or as lines of text or JSON.

Data runs one way: `sources` → `feed` → `view` → `panels` → `headless` or `app`. Everything up to the view is free of
numpy, rich and textual, so that the headless monitor starts in the time that a bare interpreter takes a few times
over.
"""
