"""The suite that holds any implementation against the specification."""
