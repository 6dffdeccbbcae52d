"""The sales domain as pure functions and types: no I/O, no actors, no clock of its own."""
