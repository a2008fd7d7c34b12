# SPDX-License-Identifier: ISC
"""idle: the memory of a connection that has said EHLO and waits."""
import dataclasses

from harness import load
from harness.mailpipe import Mailpipe
from harness.postfix import Postfix
from harness.table import Row, Table, own_at_most
from measures.delivery import USERS

CONNECTIONS = 100


def measure(plan):
    def hold(server_kind):
        with server_kind(USERS) as server:  # a new one each time: what it keeps afterwards is not for the next
            server.account.quiet()
            without = server.account.pss_kib()
            with load.held("idle", server, port=server.port, connections=CONNECTIONS):
                server.account.quiet()
                return (server.account.pss_kib() - without) / CONNECTIONS

    plan = dataclasses.replace(plan, rounds=min(plan.rounds, 3))  # memory hardly varies
    theirs, ours = plan.interleaved("idle", [Postfix, Mailpipe] if plan.own else [Postfix], hold)
    return [Table(f"idle: {CONNECTIONS} connections after EHLO, without what the server takes with none",
                  Postfix(USERS).title,
                  rows=[Row("PSS of all server processes", "KB a connection", theirs, ours, own_at_most(250))])]
