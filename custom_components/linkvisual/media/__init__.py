"""Live streams, stored recordings and pictures."""
