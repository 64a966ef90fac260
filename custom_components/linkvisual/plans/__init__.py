"""Record plans: what the cloud records by itself."""
