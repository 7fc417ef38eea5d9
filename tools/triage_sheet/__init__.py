"""The triage rules as one printable page that a nurse can read and mark."""
