"""A real Kafka broker (KRaft, one node) as a process of the test."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from kafka import KafkaAdminClient, KafkaProducer

from copytaster.sources.identity import TopicState, topic_state
from services.java import KAFKA_POM, end, free_port, jars, owns_listener, wait_until

PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={folder}/data
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
offsets.topic.num.partitions=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
message.max.bytes=25000000
log.cleaner.backoff.ms=200
log.retention.check.interval.ms=1000
"""


SECURE = """
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller},SECURE://localhost:{secure}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},SECURE://localhost:{secure}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL
inter.broker.listener.name=PLAINTEXT
sasl.enabled.mechanisms=PLAIN
listener.name.secure.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required {users};
listener.name.secure.ssl.keystore.location={folder}/keys.p12
listener.name.secure.ssl.keystore.password={password}
listener.name.secure.ssl.keystore.type=PKCS12
"""
"""What stands behind `PROPERTIES` where there are users: another listener, with TLS and passwords."""


class Broker:
    """A broker in a folder: started, stopped and started again with its data."""

    def __init__(self, folder: Path, users: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port, self.controller, self.secure = free_port(), free_port(), free_port()
        self.users = users or {}
        """Passwords by name, of the listener with TLS."""
        self.libraries = jars("kafka", KAFKA_POM)
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.config = folder / "server.properties"
        settings = {"port": self.port, "controller": self.controller, "secure": self.secure, "folder": folder}
        self.config.write_text(PROPERTIES.format(**settings) + (self.secured(settings) if users else ""))
        (folder / "log4j2.yaml").write_text(QUIET)
        java = self.java("-Xmx256m", "kafka.tools.StorageTool")
        uuid = subprocess.run([*java, "random-uuid"], capture_output=True, text=True, check=True).stdout.split()[-1]
        subprocess.run([*java, "format", "-t", uuid, "-c", str(self.config)], check=True, capture_output=True)

    def secured(self, settings: Mapping[str, object]) -> str:
        """The settings of the other listener; makes its key and certificate (`certificate`)."""
        users = " ".join(f'user_{name}="{password}"' for name, password in self.users.items())
        password = "of-the-key-store"
        keys = [
            "-keystore",
            f"{self.folder}/keys.p12",
            "-storetype",
            "PKCS12",
            "-storepass",
            password,
            "-alias",
            "broker",
        ]
        names = ["-dname", "CN=localhost", "-ext", "SAN=dns:localhost"]
        subprocess.run(["keytool", "-genkeypair", "-keyalg", "RSA", "-validity", "2", *names, *keys], check=True)
        subprocess.run(["keytool", "-exportcert", "-rfc", "-file", self.certificate, *keys], check=True)
        return SECURE.format(**settings, users=users, password=password)

    @property
    def certificate(self) -> str:
        """Path of the certificate (PEM) of the listener with TLS."""
        return f"{self.folder}/broker.pem"

    @property
    def address(self) -> str:
        """host:port."""
        return f"127.0.0.1:{self.port}"

    def java(self, *arguments: str) -> list[str]:
        """A command on Kafka's class path."""
        log = f"-Dlog4j2.configurationFile={self.folder}/log4j2.yaml"
        return ["java", "-cp", f"{self.libraries}/*", log, *arguments]

    def start(self) -> Broker:
        """Starts the broker and waits until it serves."""
        options = ["-Xmx512m", "-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        with (self.folder / "broker.log").open("ab") as log:
            command = self.java(*options, "kafka.Kafka", str(self.config))
            self.process = process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_until(lambda: owns_listener(process, self.port), "the broker's listener")
        return self

    def stop(self) -> None:
        """Stops the broker; its data stays."""
        if self.process is not None:
            end(self.process)
            self.process = None

    def create_topic(self, name: str, partitions: int, **config: str) -> None:
        """Makes a topic, with settings such as cleanup_policy="compact"."""
        admin = KafkaAdminClient(bootstrap_servers=self.address)
        dotted = {key.replace("_", "."): value for key, value in config.items()}
        admin.create_topics({name: {"num_partitions": partitions, "replication_factor": 1, "configs": dotted}})
        admin.close()

    def state(self, name: str) -> TopicState | None:
        """A topic as the cluster has it now."""
        admin = KafkaAdminClient(bootstrap_servers=self.address)
        found = topic_state(admin, name)
        admin.close()
        return found

    def topic_id(self, name: str) -> str:
        """Kafka's id of a topic, as its own tools write it; empty where there is none."""
        return found.topic_id if (found := self.state(name)) else ""

    def partitions(self, name: str) -> frozenset[int]:
        """The numbers of a topic's partitions."""
        return found.partitions if (found := self.state(name)) else frozenset()

    def damage(self, topic: str, partition: int, value: bytes) -> None:
        """Sends a message and changes a byte of it in the broker's file, as a failing disk would."""
        with self.producer() as producer:
            producer.send(topic, value, partition=partition).get(30)
        log = self.folder / "data" / f"{topic}-{partition}" / f"{0:020d}.log"
        data = log.read_bytes()
        place = data.rindex(value)
        log.write_bytes(data[:place] + b"?" + data[place + 1 :])

    def producer(self, **settings: object) -> KafkaProducer:
        """A producer of this broker."""
        return KafkaProducer(bootstrap_servers=self.address, acks="all", max_request_size=25_000_000, **settings)

    def send(self, topic: str, messages: Iterable[dict[str, object] | bytes | None], partitions: int) -> int:
        """Sends messages round robin; gives how many."""
        producer, count = self.producer(linger_ms=5), 0
        for number, message in enumerate(messages):
            value = json.dumps(message).encode() if isinstance(message, dict) else message
            key = str(message["id"]).encode() if isinstance(message, dict) else b"key-%d" % number
            producer.send(topic, value=value, key=key, partition=number % partitions)
            count += 1
        producer.flush()
        producer.close()
        return count


QUIET = """
Configuration:
  Appenders:
    Console:
      name: out
      PatternLayout: {pattern: "%d %p %c %m%n"}
  Loggers:
    Root:
      level: WARN
      AppenderRef: {ref: out}
"""
