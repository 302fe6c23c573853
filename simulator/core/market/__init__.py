"""KuCoin's chapter "Market Data", as far as a client asks for it before anything else."""
