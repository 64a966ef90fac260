"""Properties of the thing model: what cameras report and take."""
