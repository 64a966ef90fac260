"""Recordings, from the request to the playable file."""
