"""The contract between a trainer and its monitor: what lies in an experiment directory, and how it is read and
written.

Nothing here knows a tensor or a screen. A trainer needs `state`, `store`, `series`, `journal` and `lock` to write; a
monitor needs the same modules, `liveness` and `experiment` to read. They share no memory, no socket and no import of
each other.
"""

__version__ = "0.1.0"
