"""How a network is trained: the loop, its schedule, validation and checkpoints. The part that needs torch."""
