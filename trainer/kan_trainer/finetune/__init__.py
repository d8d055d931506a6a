"""Fine-tuning of causal language models: LoRA over 4-bit or float weights, or all weights; exact to the last bit."""
