"""What no seed reproduces: made once by the scripts here, committed, and checked."""
