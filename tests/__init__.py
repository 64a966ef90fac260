"""Tests of the LinkVisual integration."""
