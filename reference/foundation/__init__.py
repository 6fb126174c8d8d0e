"""What every other part of the reference stands on; imports nothing of ours."""
