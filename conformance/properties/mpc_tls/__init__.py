"""Properties of the steps of mpc tls."""
