"""Alarms of cameras."""
