"""Mutation testing: small changes of the product, and whether a test fails with each."""
