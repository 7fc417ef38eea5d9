"""What staff work on: conversations with their turns, and what staff wrote about them."""
