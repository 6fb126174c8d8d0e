"""What "Establish MPC-TLS Connection" contains beside the key exchange: from the key shares to authenticated
records.
"""
