"""What the gateway of /api asks of each call: signature, permission, rate pool, IP list, parameters, paging."""
