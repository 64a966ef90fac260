"""Random faults under a stream of recording requests, and the invariants that must hold. Run by script/chaos."""
