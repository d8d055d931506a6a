"""A base model from nothing: text, a tokenizer trained on it, and a small model of Qwen2's architecture."""
