"""KuCoin's chapter "Broker Pro": calls that a broker signs with its own key."""
