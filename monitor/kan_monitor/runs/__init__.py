"""Many runs: found, read as far as is needed, filtered, put in order and held against each other."""
