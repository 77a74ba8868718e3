"""Takes hits over HTTP: parse, gate, hand over to the boundary, queue, answer."""
