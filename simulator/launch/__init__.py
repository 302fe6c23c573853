"""The command of a user runs so that KuCoin's hosts lead to the simulator, whatever the command is."""
