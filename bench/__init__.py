"""Measurements, each beside something else that does the same."""
