"""Alarms that cameras raise by themselves."""
