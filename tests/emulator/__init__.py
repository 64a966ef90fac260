"""A LinkVisual cloud on this machine: the same wire format, signatures, refusals and media, and a memory.

It knows nothing of the integration, and is judged by Alibaba's own SDKs (tests/conformance). What no source
tells is guessed in one place, inferred.py.
"""
