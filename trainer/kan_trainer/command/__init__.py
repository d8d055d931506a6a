"""What the command line of `kan-train` asks for, settled before torch is loaded."""
