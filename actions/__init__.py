"""Custom actions: one file each, thin. What is said is decided in ``bot.reply``."""
