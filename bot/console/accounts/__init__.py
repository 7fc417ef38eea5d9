"""Who may do what: logging in with a second factor, roles, the log of who saw and changed what, erasing, exports, alerts."""
