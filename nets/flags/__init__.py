"""Flags: places that call for attention, by which rule, and how often such lists are wrong."""
