"""Archive jobs, which save recordings to a folder of Home Assistant as they become ready."""
