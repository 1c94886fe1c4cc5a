"""The tables that the words refer to: member states, police units, sections of law. Each is read once."""
