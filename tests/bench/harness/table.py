# SPDX-License-Identifier: ISC
"""Figures of two sides, their ratio, what is to be reached, and a verdict."""
import dataclasses
import statistics

NOT_MEASURED = "–"


@dataclasses.dataclass
class Target:
    """`limit` for the ratio mailpipe : peer, or for mailpipe's own figure."""
    relation: str  # "at least" or "at most"
    limit: float
    own: bool = False

    def text(self):
        sign = "≥" if self.relation == "at least" else "≤"
        return f"{sign} {figure(self.limit)}" if self.own else f"{sign} {self.limit:.2f}×"

    def holds(self, ours, ratio):
        value = ours if self.own else ratio
        return value >= self.limit if self.relation == "at least" else value <= self.limit


def at_least(limit):
    return Target("at least", limit)


def at_most(limit):
    return Target("at most", limit)


def own_at_most(limit):
    return Target("at most", limit, own=True)


@dataclasses.dataclass
class Row:
    """One figure: a value for each round of either side. Values at the same index were measured one after another."""
    what: str
    unit: str
    theirs: list
    ours: list
    target: Target = None

    def ratios(self):
        return [ours / theirs for ours, theirs in zip(self.ours, self.theirs) if theirs]

    def summary(self):
        """Medians and the verdict; None where a side was not measured."""
        theirs = statistics.median(self.theirs) if self.theirs else None
        ours = statistics.median(self.ours) if self.ours else None
        ratio = ours / theirs if ours is not None and theirs else None
        held = None
        if self.target and ours is not None and (ratio is not None or self.target.own):
            held = self.target.holds(ours, ratio)
        return {"theirs": theirs, "ours": ours, "ratio": ratio, "held": held}


@dataclasses.dataclass
class Table:
    title: str
    peer: str
    own: str = "mailpipe"
    rows: list = dataclasses.field(default_factory=list)

    def text(self):
        lines = [["", "", self.peer, self.own, "ratio", "in rounds", "to reach", ""]]
        lines += [row_cells(row) for row in self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        numbers = range(2, 6)
        shown = ("  ".join(cell.rjust(w) if i in numbers else cell.ljust(w)
                           for i, (cell, w) in enumerate(zip(line, widths))).rstrip() for line in lines)
        return "\n".join([self.title, *("  " + line for line in shown)])

    def json(self):
        rows = [{"what": row.what, "unit": row.unit, **row.summary(), "to_reach": row.target.text() if row.target else None,
                 "rounds": {"theirs": row.theirs, "ours": row.ours}} for row in self.rows]
        return {"title": self.title, "peer": self.peer, "own": self.own, "rows": rows}


def row_cells(row):
    found = row.summary()
    ratios = row.ratios()
    return [
        row.what,
        row.unit,
        figure(found["theirs"]),
        figure(found["ours"]),
        NOT_MEASURED if found["ratio"] is None else f"{found['ratio']:.2f}×",
        f"{min(ratios):.2f}–{max(ratios):.2f}" if ratios else "",
        row.target.text() if row.target else "",
        verdict(row, found["held"]),
    ]


def verdict(row, held):
    if not row.target:
        return ""
    return {None: "not measured", True: "reached", False: "MISSED"}[held]


def figure(value):
    """Three digits that count."""
    if value is None:
        return NOT_MEASURED
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"
