"""A real Kafka broker (KRaft, one node) as a process of the test."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

from kafka import KafkaAdminClient, KafkaProducer

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


class Broker:
    """A broker in a folder: started, stopped and started again with its data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.controller = free_port(), free_port()
        self.libraries = jars("kafka", KAFKA_POM)
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.config = folder / "server.properties"
        self.config.write_text(PROPERTIES.format(port=self.port, controller=self.controller, folder=folder))
        (folder / "log4j2.yaml").write_text(QUIET)
        java = self.java("-Xmx256m", "kafka.tools.StorageTool")
        uuid = subprocess.run([*java, "random-uuid"], capture_output=True, text=True, check=True).stdout.split()[-1]
        subprocess.run([*java, "format", "-t", uuid, "-c", str(self.config)], check=True, capture_output=True)

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
