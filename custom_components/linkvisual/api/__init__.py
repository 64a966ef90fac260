"""A client of Alibaba Cloud LinkVisual and IoT Platform. Knows nothing of Home Assistant."""
