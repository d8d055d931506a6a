"""What stands behind `Run`: values captured, handed over, counted and written by a thread of its own. Without torch."""
