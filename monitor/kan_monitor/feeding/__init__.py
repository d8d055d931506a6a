"""The sending side of watching from afar: what a run has to say, in few bytes, the newest first."""
