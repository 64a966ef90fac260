"""Tests of the media source, through the frontend's commands."""
