"""Runs SQL over the protocol beneath PySpark (py4j), without PySpark.

gateway.py CONNECTION QUESTIONS.jsonl OUTPUT
"""

import socket
import struct
import sys
import time
import os

connection, questions, output = sys.argv[1:]
while not os.path.exists(connection) or os.path.getsize(connection) < 8:
    time.sleep(0.1)
time.sleep(0.5)
with open(connection, "rb") as file:
    port, length = struct.unpack(">ii", file.read(8))
    secret = file.read(length).decode()
stream = socket.create_connection(("127.0.0.1", port)).makefile("rw", encoding="utf-8", newline="\n")


def send(text):
    stream.write(text)
    stream.flush()
    reply = stream.readline().rstrip("\n")
    if not reply.startswith("!y"):
        sys.exit(reply)
    return reply[2:]


def call(target, method, *strings):
    arguments = "".join(f"s{each}\n" for each in strings)
    return send(f"c\n{target}\n{method}\n{arguments}e\n")[1:]


send(f"A\n{secret}\n")
builder = call("z:org.apache.spark.sql.SparkSession", "builder")
session = call(builder, "getOrCreate")
call(call(call(session, "read"), "json", questions), "createOrReplaceTempView", "questions")


def write(query, name):
    started = time.time()
    writer = call(call(session, "sql", query), "write")
    call(writer, "json", f"{output}-{name}.json")
    print(f"{name}: {time.time() - started:.1f} s", flush=True)


write("select id, visualbert_vqa(question, image) as answers from questions distribute by id % 8", "rows")
call(call(session, "sql", "select /*+ repartition(8) */ * from questions"), "createOrReplaceTempView", "parts")
write("select id, answers from visualbert_answers('parts', map('task', 'vqa'))", "batches")
