"""The national log service: rows of the access log sent there as StoreLog 2.0 (RIV-TA). Not a source: nothing
is asked of it, and no view waits for it."""
