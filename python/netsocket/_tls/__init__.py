"""What netsocket.tls and the TLS of netsocket.aio are made of."""
