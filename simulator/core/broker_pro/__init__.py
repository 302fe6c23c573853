"""KuCoin's chapter "Broker Pro": what a broker asks with its own key."""
