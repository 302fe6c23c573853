"""The checks of the gateway of /api at each call: signature, permission, rate pool, IP list, parameters, paging."""
