"""The emulator is judged here: by signing vectors, by the published metadata, and by Alibaba's own SDKs."""
