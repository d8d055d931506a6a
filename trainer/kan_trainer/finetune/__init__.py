"""Fine-tuning of code models. Importing this loads no torch."""
