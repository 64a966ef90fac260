"""Voice, intents and tools of language models."""
