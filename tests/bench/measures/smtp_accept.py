# SPDX-License-Identifier: ISC
"""smtp-accept: messages a second, and the CPU of all server processes until a message stands in the Maildir."""
from harness.mailpipe import Mailpipe
from harness.plan import column
from harness.postfix import Postfix
from harness.table import Row, Table, at_least, at_most
from measures.delivery import USERS, deliver, warm_up

# per connection, clients, messages
CELLS = ((1, 1, 400), (1, 10, 2000), (1, 50, 2000), (30, 1, 600), (30, 10, 3000), (30, 50, 3000))


def measure(plan):
    with plan.servers(Postfix(USERS), Mailpipe(USERS)) as servers:
        warm_up(plan, servers)
        table = Table("smtp-accept: 4 KB messages for one recipient", servers[0].title)
        for per_connection, clients, messages in CELLS:
            what = f"{per_connection} a connection, {clients} client{'s' if clients > 1 else ''}"
            count = max(plan.count(messages), per_connection * clients)
            theirs, ours = plan.interleaved(
                f"smtp-accept, {what}", servers,
                lambda server: deliver(server, clients=clients, per_connection=per_connection, messages=count))
            for name, unit, target in (("accepted/s", "accepted/s", rate_target(plan, clients)),
                                       ("stored/s", "stored/s", at_least(1) if plan.on_disk else None),
                                       ("cpu_ms", "CPU ms", cpu_target(plan, clients))):
                table.rows.append(Row(what, unit, column(theirs, name), column(ours, name), target))
        return [table]


def rate_target(plan, clients):
    if plan.on_disk:
        return at_least(1)
    return at_least(3) if clients == 10 else None


def cpu_target(plan, clients):
    return at_most(0.25) if clients == 10 and not plan.on_disk else None
