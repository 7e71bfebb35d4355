"""Puts the parts together: settings, addresses, and what the environment may change."""
