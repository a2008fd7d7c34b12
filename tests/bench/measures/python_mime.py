# SPDX-License-Identifier: ISC
"""python_mime.py TASK DIR FILE...: what a script with Python's email package does for the benchmark mime."""
import email
import email.policy
import os
import sys


def show_list(message, _):
    for part in message.walk():
        print(part.get_content_type(), part.get_filename() or "")


def show_text(message, _):
    for name in ("From", "To", "Subject", "Date"):
        print(name + ":", message[name])
    body = message.get_body(("plain", "html"))
    if body is not None:
        print(body.get_content())


def extract(message, directory):
    for part in message.walk():
        name = part.get_filename()
        if name:
            base = stem = os.path.join(directory, os.path.basename(name))
            number = 1
            while os.path.exists(base):
                number += 1
                base = f"{stem}.{number}"
            with open(base, "xb") as file:
                file.write(part.get_payload(decode=True))


TASKS = {"list": show_list, "text": show_text, "extract": extract}

task, where, *paths = sys.argv[1:]
for path in paths:
    with open(path, "rb") as source:
        TASKS[task](email.message_from_binary_file(source, policy=email.policy.default), where)
