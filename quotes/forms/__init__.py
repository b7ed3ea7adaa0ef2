"""Forms of requests and quotes: they turn a POST into plain values and never save."""
