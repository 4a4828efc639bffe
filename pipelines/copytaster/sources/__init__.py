"""Where articles come from: archives and Kafka topics, read by ranges that never change. No Beam in here."""
