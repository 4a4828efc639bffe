"""What the environment may say of brokers and registries: secrets never stand on a command line."""

from __future__ import annotations

CONNECTION_VARIABLES = {
    "COPYTASTER_KAFKA_SECURITY_PROTOCOL": "security_protocol",
    "COPYTASTER_KAFKA_SASL_MECHANISM": "sasl_mechanism",
    "COPYTASTER_KAFKA_SASL_USERNAME": "sasl_plain_username",
    "COPYTASTER_KAFKA_SASL_PASSWORD": "sasl_plain_password",
    "COPYTASTER_KAFKA_SSL_CAFILE": "ssl_cafile",
    "COPYTASTER_KAFKA_SSL_CERTFILE": "ssl_certfile",
    "COPYTASTER_KAFKA_SSL_KEYFILE": "ssl_keyfile",
    "COPYTASTER_KAFKA_SSL_PASSWORD": "ssl_password",
}
"""Variables of a connection to brokers, and kafka-python's name for each."""

USER_VARIABLE = "COPYTASTER_SCHEMA_REGISTRY_USERNAME"
PASSWORD_VARIABLE = "COPYTASTER_SCHEMA_REGISTRY_PASSWORD"
"""Whom the schema registry knows; its certificates are looked up as everywhere in Python (SSL_CERT_FILE)."""
