"""Exports: MP4 files of a time range, by the download jobs of the cloud."""
