"""Plans: sessions and attacks on them as data, run on the specification and on an implementation side by side."""
