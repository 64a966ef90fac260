"""A real browser against a real Home Assistant: what a person sees. Run by script/e2e."""
