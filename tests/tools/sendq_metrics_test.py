# SPDX-License-Identifier: ISC
"""sendq --metrics: a file that Prometheus' textfile collectors can read, from runs of cron and from one that watches."""
import re
import threading
import unittest

from mailsite import wait_for
from queue_site import Queue, address

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\d+)")


def parse(text):
    """{(name, labels): value} of Prometheus' text format 0.0.4, read as strictly as it is described; fails on anything else. All
    lines of one metric are one group; HELP and TYPE come first, once each."""
    samples, types, group = {}, {}, None
    assert text.endswith("\n# EOF\n"), text[-100:]
    for line in text.splitlines()[:-1]:
        if line.startswith("# HELP "):
            group = line.split(" ")[2]
            assert re.fullmatch(rf"# HELP {NAME} [^\\]+\.", line) and group not in types, line
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == group and name not in types and kind in ("counter", "gauge"), line
            assert name.endswith("_total") == (kind == "counter"), line
            types[name] = kind
        else:
            sample = SAMPLE.fullmatch(line)
            assert sample and sample[1] == group and group in types, line
            key = (sample[1], tuple(re.findall(LABEL, sample[2] or "")))
            assert key not in samples, line
            samples[key] = int(sample[7])
    return samples


class Metrics(unittest.TestCase):
    def setUp(self):
        self.site = Queue()
        self.addCleanup(self.site.__exit__, None)
        self.file = self.site.dir / "mailpipe.prom"
        self.site.write_config(f'[sendq]\nmetrics = "{self.file}"\n')

    def value(self, name, **labels):
        return parse(self.file.read_text()).get((f"mailpipe_{name}", tuple(labels.items())))

    def test_runs_count_on_and_tell_what_waits(self):
        self.site.put(address("alice"), "x@elsewhere.example")
        self.site.put("y@elsewhere.example", place="hold", age=100)
        self.site.sendq()
        self.assertEqual(self.value("recipients_total", site="example.org", outcome="delivered"), 1)
        self.assertEqual(self.value("queue_messages", state="waiting"), 1)
        self.assertEqual(self.value("queue_messages", state="held"), 1)
        self.assertGreaterEqual(self.value("queue_oldest_message_age_seconds", state="held"), 100)
        self.assertEqual(self.value("queue_due_messages"), 0)
        self.assertEqual(self.value("queue_recipients", site="elsewhere.example"), 1)
        deferred = self.value("recipients_total", site="elsewhere.example", outcome="deferred")
        self.assertEqual(deferred, 1)
        self.site.put(address("bob"))
        self.site.sendq("--retry", "--all")
        self.site.sendq()
        self.assertEqual(self.value("recipients_total", site="example.org", outcome="delivered"), 2)
        self.assertEqual(self.value("recipients_total", site="elsewhere.example", outcome="deferred"), 2)
        self.assertEqual([path.name for path in self.site.dir.glob("*mailpipe.prom*")], ["mailpipe.prom"])

    def test_an_action_writes_none(self):
        self.site.sendq("--list")
        self.assertFalse(self.file.exists())

    def test_one_that_watches_writes_at_its_start_and_its_end(self):
        sendq = self.site.start_sendq("--watch")
        wait_for(self.file.exists)
        self.site.put(address("alice"))
        wait_for(lambda: self.site.events(event="delivered"))
        self.assertEqual(sendq.stop(), 0)
        self.assertEqual(self.value("recipients_total", site="example.org", outcome="delivered"), 1)
        self.assertEqual(self.value("queue_messages", state="new"), 0)

    def test_nobody_ever_reads_half_of_it(self):
        self.site.sendq()
        stop = threading.Event()
        read = []

        def look():
            while not stop.is_set():
                parse(self.file.read_text())
                read.append(1)
        reader = threading.Thread(target=look)
        reader.start()
        try:
            for _ in range(10):
                self.site.put(address("alice"))
                self.site.sendq()
        finally:
            stop.set()
            reader.join()
        self.assertGreater(len(read), 20)
        self.assertEqual(self.value("recipients_total", site="example.org", outcome="delivered"), 10)

    def test_of_several_that_write_the_same_file_every_one_counts(self):
        runs = [self.site.start_sendq("--watch") for _ in range(4)]
        for _ in range(20):
            self.site.put(address("alice"))
        wait_for(lambda: len(self.site.messages("alice")) == 20)
        for process in [run.process for run in runs]:
            process.terminate()  # all in the same moment
        self.assertEqual([run.stop() for run in runs], [0] * 4)
        self.assertEqual(self.value("recipients_total", site="example.org", outcome="delivered"), 20)
        self.assertEqual([path.name for path in self.site.dir.glob("*mailpipe.prom*")], ["mailpipe.prom"])

    def test_what_cannot_be_written_stops_no_mail(self):
        self.site.write_config(f'[sendq]\nmetrics = "{self.site.dir}/missing/mailpipe.prom"\n')
        self.site.put(address("alice"))
        done = self.site.sendq()
        self.assertEqual(len(self.site.messages("alice")), 1)
        self.assertRegex(done.stderr.decode(), r'event=error what="metrics: [^"]*missing')

    def test_a_file_of_somebody_else_counts_as_nothing(self):
        self.file.write_text('mailpipe_recipients_total{site="example.org",outcome="delivered"} 1000000\n')
        self.site.give(self.file)
        self.site.put(address("alice"))
        self.site.sendq()
        self.assertEqual(self.value("recipients_total", site="example.org", outcome="delivered"), 1)


if __name__ == "__main__":
    unittest.main()
