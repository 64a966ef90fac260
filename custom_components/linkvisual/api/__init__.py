"""Client of Alibaba Cloud LinkVisual and IoT Platform. Independent of Home Assistant."""
