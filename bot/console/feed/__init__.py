"""Brings conversations from the guide's database into the console's."""
