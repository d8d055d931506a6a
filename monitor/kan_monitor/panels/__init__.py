"""The panels: each a function from its part of the dashboard, a width and a height to exactly that many lines of ink.

They know neither a terminal nor an app, so that the screen, a text frame and an exported picture are the same lines.
A panel that is given three rows or fewer draws itself without a frame, as lines of figures.
"""
