"""The words: people, gangs, incidents, accounts, links, gradings, envelopes. Imports nothing of ours."""
