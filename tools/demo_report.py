"""What the demo found out, as figures, as text for a terminal and as one HTML page without outside parts."""
import html as escape
import json

COUNTRIES_MAX = 12  # those that are shown by name
NAME_CHARACTERS_MAX = 48  # of a line in the terminal

SQL = {
    "by_status": "select coalesce(http.response.status_code::varchar, '-') as name, count(*) as count from alb group by 1 order by 2 desc, 1",
    "by_country": "select coalesce(source.geo.country_iso_code, 'unknown') as name, count(*) as count "
                  "from alb group by 1 order by 2 desc, 1",
    "by_hour": "select strftime(date_trunc('hour', ts), '%H:00') as name, count(*) as count "
               "from alb group by 1 order by 1",
    "malformed_by_reason": "select reason as name, count(*) as count from malformed group by 1 order by 2 desc, 1",
}


def collect(node, entries, seconds, cpu_seconds):
    """Asks the node for everything that the report tells."""
    landed = node.query("select count(*) as n from alb")[0]["n"]
    malformed = node.query("select count(*) as n from malformed")[0]["n"]
    twice = node.query('select count(*) as n from (select log.file.path, log."offset" from alb '
                       'group by all having count(*) > 1)')[0]["n"]
    summary = node.json("deliveries", "--summary")
    tables = [table for table in node.json("tables")["Tables"] if table.get("Rows")]  # no views, nothing empty
    audit = node.json("audit", "verify")
    facts = {
        "entries_generated": entries,
        "entries_landed": landed,
        "entries_malformed": malformed,
        "entries_twice": twice,
        "complete": landed + malformed == entries and twice == 0 and audit["Intact"],
        "deliveries": summary["Outcomes"],
        "delivery_attempts": summary["Attempts"],
        "seconds": round(seconds, 3),
        "entries_per_second": round(entries / seconds),
        "node_cpu_seconds": round(cpu_seconds, 3),
        "entries_per_second_of_two_cores": round(entries / (cpu_seconds / 2)),
        "lake": [{"table": t["Name"], "rows": t["Rows"], "files": t["FileCount"], "bytes": t["Bytes"]}
                 for t in tables],
        "audit": {"intact": audit["Intact"], "records": audit["Records"]},
    }
    for name, sql in SQL.items():
        facts[name] = [{"name": str(row["name"]), "count": row["count"]} for row in node.query(sql)]
    facts["by_country"] = with_others(facts["by_country"])
    return facts


def with_others(countries):
    """The largest by name, all others as one row that says how many they are."""
    named, others = countries[:COUNTRIES_MAX], countries[COUNTRIES_MAX:]
    if len(others) < 2:
        return countries
    return [*named, {"name": f"{len(others)} other countries", "count": sum(row["count"] for row in others)}]


def licence_line(folder):
    for name in ("LICENCE.txt", "LICENSE.txt", "LICENSE", "LICENCE"):
        if (folder / name).exists():
            return (folder / name).read_text().strip().splitlines()[0]
    return "GeoIP: IPtoASN country database, Public Domain Dedication and License (PDDL) 1.0"


def proof_line(facts):
    total = facts["entries_landed"] + facts["entries_malformed"]
    verdict = "every line is there exactly once" if facts["complete"] else "NOT COMPLETE"
    return (f"{facts['entries_landed']:,} rows + {facts['entries_malformed']:,} malformed = {total:,} of "
            f"{facts['entries_generated']:,} lines; {facts['entries_twice']} twice: {verdict}")


def next_steps(facts):
    return [
        f"build/release/sextant node --files {facts['geoip_folder']} &    # a node that stays",
        "eval \"$(build/release/sextant env --wait)\"    # its keys, once it is ready",
        "build/release/sextant deploy apps/threat_intel/template.yaml --stack-name threat-intel",
        "build/release/sextant ingest YOUR-LOGS/ --bucket threat-intel-alb-logs",
        "build/release/sextant query \"select source.ip, count(*) from alb group by 1 order by 2 desc limit 10\"",
    ]


def bars(rows, width=36):
    top = max((row["count"] for row in rows), default=1)
    names = [shortened(row["name"]) for row in rows]
    name_width = max(map(len, names), default=0)
    for name, row in zip(names, rows):
        bar = "█" * max(1, round(width * row["count"] / top))
        yield f"  {name:<{name_width}} {row['count']:>10,}  {bar}"


def shortened(name):
    return name if len(name) <= NAME_CHARACTERS_MAX else name[:NAME_CHARACTERS_MAX - 1] + "…"


def text(facts):
    lake_bytes = sum(table["bytes"] for table in facts["lake"])
    lines = ["", "Sextant demo", "=" * 12, proof_line(facts),
             f"{facts['objects']} objects ({facts['object_bytes'] / 2**20:.1f} MiB gzip) in {facts['seconds']:.1f} s: "
             f"{facts['entries_per_second']:,} entries/s end to end",
             f"node: {facts['node_cpu_seconds']:.1f} CPU s, peak memory {facts['node_peak_memory_bytes'] / 2**20:.0f} MiB; "
             f"entries ÷ (CPU s ÷ 2) = {facts['entries_per_second_of_two_cores']:,}/s",
             f"lake: {lake_bytes / 2**20:.1f} MiB in {sum(t['files'] for t in facts['lake'])} Parquet files",
             "deliveries: " + ", ".join(f"{n:,} {o}" for o, n in facts["deliveries"].items()) +
             f" ({facts['delivery_attempts']:,} attempts)",
             f"audit log: {facts['audit']['records']:,} records, chain "
             f"{'intact' if facts['audit']['intact'] else 'BROKEN'}"]
    for title, key in (("Entries by status", "by_status"), ("Entries by country", "by_country"),
                       ("Malformed lines by reason", "malformed_by_reason")):
        lines += ["", title, *bars(facts[key])]
    lines += ["", facts["geoip_licence"], "", "What to try next:", *("  " + step for step in next_steps(facts)), ""]
    return "\n".join(lines)


def chart(title, rows):
    """Horizontal bars: a table whose names may be as long as they like."""
    top = max((row["count"] for row in rows), default=1)
    lines = "".join(f'<tr><th scope=row{" class=long" if len(row["name"]) > 24 else ""}>{escape.escape(row["name"])}</th>'
                    f'<td class=bar><div style="width:{max(100 * row["count"] / top, 0.3):.1f}%"></div></td>'
                    f'<td>{row["count"]:,}</td></tr>' for row in rows)
    return f"<section><h2>{escape.escape(title)}</h2><table>{lines}</table></section>"


STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a2733;background:#fff}
h1{margin-bottom:0}.proof{font-size:1.15rem;padding:.8rem 1rem;border-left:6px solid #1f8a5b;background:#eef8f2}
.bad{border-color:#c0392b;background:#fdecea}dl{display:grid;grid-template-columns:max-content auto;gap:.2rem 1.2rem}
dt{color:#5a6b7b}dd{margin:0;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
table{width:100%;border-spacing:.6rem .15rem;font-size:.85rem}th{font-weight:normal;text-align:right;width:1%;white-space:nowrap}
th.long{white-space:normal;overflow-wrap:anywhere;min-width:min(18rem,40vw)}
td{text-align:right;font-variant-numeric:tabular-nums;width:1%}
.bar{width:auto}.bar div{height:1rem;border-radius:2px;background:#2f6f9f}pre{background:#f3f5f7;padding:1rem;overflow-x:auto}footer{color:#5a6b7b;margin-top:2rem}
"""


def figures(facts):
    lake_bytes = sum(table["bytes"] for table in facts["lake"])
    return [
        ("Objects", f"{facts['objects']:,} ({facts['object_bytes'] / 2**20:.1f} MiB gzip)"),
        ("Time, end to end", f"{facts['seconds']:.1f} s, {facts['entries_per_second']:,} entries/s"),
        ("Node", f"{facts['node_cpu_seconds']:.1f} CPU s; entries ÷ (CPU s ÷ 2) = "
                 f"{facts['entries_per_second_of_two_cores']:,}/s; peak memory "
                 f"{facts['node_peak_memory_bytes'] / 2**20:.0f} MiB"),
        ("Lake", "; ".join(f"{t['table']}: {t['rows']:,} rows, {t['files']} files" for t in facts["lake"]) +
         f"; {lake_bytes / 2**20:.1f} MiB"),
        ("Deliveries", ", ".join(f"{n:,} {o}" for o, n in facts["deliveries"].items()) +
         f"; {facts['delivery_attempts']:,} attempts"),
        ("Audit log", f"{facts['audit']['records']:,} records, chain "
                      f"{'intact' if facts['audit']['intact'] else 'BROKEN'}"),
        ("Attacks hidden in the logs", f"{facts['attack_requests_generated']:,} requests"),
    ]


def html(facts):
    rows = "".join(f"<dt>{escape.escape(name)}</dt><dd>{escape.escape(value)}</dd>" for name, value in figures(facts))
    charts = "".join(chart(title, facts[key]) for title, key in (
        ("Entries by status", "by_status"), ("Entries by country", "by_country"),
        ("Entries by hour", "by_hour"), ("Malformed lines by reason", "malformed_by_reason")))
    data = json.dumps(facts).replace("<", "\\u003c")
    return (f"<!doctype html><html lang=en><meta charset=utf-8>"
            f"<meta name=viewport content='width=device-width, initial-scale=1'><title>Sextant demo</title><style>{STYLE}</style>"
            f"<h1>Sextant demo</h1><p class='proof{'' if facts['complete'] else ' bad'}'>"
            f"{escape.escape(proof_line(facts))}</p><dl>{rows}</dl>{charts}"
            f"<section><h2>What to try next</h2><pre>{escape.escape(chr(10).join(next_steps(facts)))}</pre></section>"
            f"<footer>{escape.escape(facts['geoip_licence'])}</footer>"
            f"<script type='application/json' id=report>{data}</script></html>\n")
