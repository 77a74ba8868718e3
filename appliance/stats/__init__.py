"""The only reader of the counters: answers over HTTP, with what must stay hidden left out."""
