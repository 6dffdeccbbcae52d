"""Measurements that write their numbers and plots into docs/."""
