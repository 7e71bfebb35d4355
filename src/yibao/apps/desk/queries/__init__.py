"""Reads of a desk."""
