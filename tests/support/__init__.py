"""What the tests share: brokers, worlds, servers, requests and how answers are read. No test stands here."""
