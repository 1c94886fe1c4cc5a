"""Pure mathematics over what was already granted: names, networks, charts. Never sees an officer or a grant."""
