"""Tests of the cloud client alone, against the emulator."""
