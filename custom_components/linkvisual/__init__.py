"""Alibaba Cloud LinkVisual cameras."""
