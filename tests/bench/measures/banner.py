# SPDX-License-Identifier: ISC
"""banner: connect until 220 from a server that listens, and exec until 220 as inetd starts one."""
from harness import load
from harness.mailpipe import Mailpipe
from harness.plan import column
from harness.postfix import Postfix
from harness.table import Row, Table, at_most
from measures.delivery import USERS


def measure(plan):
    with plan.servers(Postfix(USERS), Mailpipe(USERS)) as servers:
        tables = [listening(plan, servers)]
        if plan.own:
            tables.append(started(plan, servers[1]))
        return tables


def listening(plan, servers):
    def connect(server):
        before = server.account.cpu_seconds()
        found = load.run("banner", port=server.port, count=plan.count(500))
        cpu = server.account.quiet() - before
        return {"wall": found["greeted_p50_us"] / 1e3, "cpu": cpu * 1e3 / found["connections"]}

    connect(servers[0])  # its smtpd stays for the next connections
    theirs, ours = plan.interleaved("banner", servers, connect)
    return Table("banner: one connection after another, closed by QUIT", servers[0].title, rows=[
        Row("connect until 220", "ms", column(theirs, "wall"), column(ours, "wall")),
        Row("server", "CPU ms a connection", column(theirs, "cpu"), column(ours, "cpu")),
    ])


def started(plan, server):
    """The same program linked two ways, started for each connection."""
    def start(directory):
        return load.run("inetd", count=plan.count(500), uid=server.site.uid, log=server.root / "inetd.log",
                        env=server.site.environment(), command=[directory / "smtpd"])

    static = server.site.bin
    dynamic = plan.dynamic_bin if plan.dynamic_bin and (plan.dynamic_bin / "smtpd").exists() else None
    if dynamic:
        theirs, ours = plan.interleaved("banner, inetd", [dynamic, static], start)
    else:
        theirs, [ours, _] = [], plan.interleaved("banner, inetd", [static], start)
    return Table("banner: smtpd started for each connection, as by inetd", "all dynamic", "as built", rows=[
        Row("exec until 220", "ms", milliseconds(theirs, "greeted_p50_us"), milliseconds(ours, "greeted_p50_us")),
        Row("exec until 220", "CPU ms", milliseconds(theirs, "cpu_greeted_p50_us"),
            milliseconds(ours, "cpu_greeted_p50_us"), at_most(0.5)),
        Row("exec until exit, with QUIT", "CPU ms", milliseconds(theirs, "cpu_whole_p50_us"),
            milliseconds(ours, "cpu_whole_p50_us")),
    ])


def milliseconds(results, name):
    return [value / 1e3 for value in column(results, name)]
