b4_stub 'echo "  BADSIG: DKIM/example.org" >&2; echo "Exiting due to attestation-policy: hardfail" >&2; exit 128'
