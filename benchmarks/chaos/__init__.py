"""Chaos: kills at random instants under injected faults, then an audit of every promise about effects."""
