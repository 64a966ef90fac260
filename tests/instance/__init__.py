"""A real Home Assistant with the integration set up against the emulator: for the demo, the browser, measurements."""
