"""Live video, stored recordings and pictures."""
