# SPDX-License-Identifier: ISC
"""end-to-end: from the first connect until the last of 200 files stands in new/."""
from harness.mailpipe import Mailpipe
from harness.plan import column
from harness.postfix import Postfix
from harness.table import Row, Table, at_most
from measures.delivery import USERS, deliver, warm_up

MESSAGES, CLIENTS = 200, 10


def measure(plan):
    with plan.servers(Postfix(USERS), Mailpipe(USERS)) as servers:
        warm_up(plan, servers)
        theirs, ours = plan.interleaved(
            "end-to-end", servers,
            lambda server: deliver(server, clients=CLIENTS, per_connection=1, messages=MESSAGES))
        return [Table(f"end-to-end: {MESSAGES} messages of {CLIENTS} clients, one a connection", servers[0].title, rows=[
            Row("first connect until the last file", "ms", column(theirs, "stored_ms"), column(ours, "stored_ms"),
                at_most(1 if plan.on_disk else 0.5)),
            Row("", "CPU ms a message", column(theirs, "cpu_ms"), column(ours, "cpu_ms")),
        ])]
