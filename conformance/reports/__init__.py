"""What a run found, for people and for machines; JSON lines are the source of all others."""
