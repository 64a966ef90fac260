"""Thing model properties of cameras."""
