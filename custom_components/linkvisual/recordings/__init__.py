"""Triggered recordings."""
