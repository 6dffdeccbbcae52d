"""The whole coach under load: many turns in flight, the time it adds to them, and its pace beside a bare bot."""
