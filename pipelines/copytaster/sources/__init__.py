"""Where articles come from: archives of files, and Kafka. Nothing here knows Beam."""
