"""Reads of dues, payments, cash and receipts."""
