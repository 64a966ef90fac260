"""Compares the live cloud of somebody's own account with the emulator, and tests of that. See script/live-check."""
