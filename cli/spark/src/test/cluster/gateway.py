"""The protocol beneath PySpark (py4j), without PySpark.

gateway.py CONNECTION QUESTIONS.jsonl OUTPUT    answers questions row by row and in batches
"""

import os
import socket
import struct
import sys
import time


class Gateway:
    """A driver that was started as `pyspark-shell`."""

    def __init__(self, connection):
        while not os.path.exists(connection) or os.path.getsize(connection) < 8:
            time.sleep(0.1)
        time.sleep(0.5)
        with open(connection, "rb") as file:
            port, length = struct.unpack(">ii", file.read(8))
            secret = file.read(length).decode()
        self.stream = socket.create_connection(("127.0.0.1", port)).makefile("rw", encoding="utf-8", newline="\n")
        self.send(f"A\n{secret}\n")
        self.session = self.call(self.call("z:org.apache.spark.sql.SparkSession", "builder"), "getOrCreate")

    def send(self, text):
        self.stream.write(text)
        self.stream.flush()
        reply = self.stream.readline().rstrip("\n")
        if not reply.startswith("!y"):
            sys.exit(reply)
        return reply[2:]

    def call(self, target, method, *strings):
        arguments = "".join(f"s{each}\n" for each in strings)
        return self.send(f"c\n{target}\n{method}\n{arguments}e\n")[1:]

    def view(self, query, name):
        self.call(self.call(self.session, "sql", query), "createOrReplaceTempView", name)

    def write(self, query, folder):
        """Writes a query as JSON lines, and returns how long that took."""
        started = time.time()
        self.call(self.call(self.call(self.session, "sql", query), "write"), "json", folder)
        return time.time() - started


def main():
    connection, questions, output = sys.argv[1:]
    spark = Gateway(connection)
    spark.view(f"select /*+ repartition(8) */ * from json.`{questions}`", "questions")
    seconds = spark.write("select id, visualbert_vqa(question, image) as answers from questions", f"{output}-rows.json")
    print(f"row by row: {seconds:.1f} s", flush=True)
    seconds = spark.write("select id, answers from visualbert_answers('questions', map('task', 'vqa'))", f"{output}-batches.json")
    print(f"in batches: {seconds:.1f} s", flush=True)


if __name__ == "__main__":
    main()
