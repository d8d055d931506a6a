"""The layer's arithmetic, once for each kind of machine; `basis` is what all of them are measured by."""
