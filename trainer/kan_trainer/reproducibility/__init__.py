"""What a run has to be done with for the same bytes to come out: kept in its lock file, looked at by who repeats it.

`lock` is the file; `taking` fills it from `machine`, `versions`, `repository` and `hashes`; `keeping` keeps one beside
a training. `comparison` tells two locks apart, `values` two series, `reproduction` two runs.
"""
