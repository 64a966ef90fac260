"""Assist: sentences, intents and LLM tools."""
