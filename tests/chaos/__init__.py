"""Random faults under a stream of triggers: what must hold whatever happens. Run by script/chaos."""
