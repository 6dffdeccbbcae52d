"""What the actor runtime costs, beside Thespian's own bases, Pykka and xoscar: `make bench-runtime`."""
