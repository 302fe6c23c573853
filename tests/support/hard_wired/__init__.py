"""Programs with hard-wired hosts, one a client library: each calls KuCoin as its users would and prints `here`."""
