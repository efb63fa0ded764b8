"""A small SVG writer for the one chart that the benchmarks draw: grouped horizontal bars, log scale."""

import html
import math

PALETTE = ("#c2410c", "#1d4ed8", "#15803d", "#7c3aed", "#b45309", "#0e7490", "#be185d", "#4d7c0f")
BAR, GAP, LEFT, RIGHT, TOP, PLOT = 9, 10, 130, 70, 84, 640


def text(x, y, content, size=11, anchor="start", weight="normal", fill="#1f2937"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
            f'font-weight="{weight}" fill="{fill}">{html.escape(content)}</text>')


def ticks(low, high):
    """1-2-5 steps that cover [low, high]."""
    values, decade = [], 10.0 ** math.floor(math.log10(low))
    while decade <= high * 10:
        values += [decade * step for step in (1, 2, 5)]
        decade *= 10
    first = max(v for v in values if v <= low)
    last = min(v for v in values if v >= high)
    return [v for v in values if first <= v <= last]


def grouped_bars(title, subtitle, rows, series):
    """The chart as SVG text.

    rows: (label, {series name: value or None}) from top to bottom; series: names in drawing order.
    Values are positive; bars grow from the scale's lowest tick.
    """
    values = [v for _, cells in rows for v in cells.values() if v]
    marks = ticks(min(values + [1.0]) * 0.999, max(values + [2.0]))
    low, span = math.log(marks[0]), math.log(marks[-1]) - math.log(marks[0])

    def x_of(value):
        return LEFT + PLOT * (math.log(value) - low) / span

    group = BAR * len(series) + GAP
    bottom = TOP + group * len(rows)
    width, height = LEFT + PLOT + RIGHT, bottom + 34
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
           f'viewBox="0 0 {width} {height}" font-family="sans-serif">',
           f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
           text(16, 26, title, 16, weight="bold"), text(16, 44, subtitle, 11, fill="#4b5563")]
    for mark in marks:
        out.append(f'<line x1="{x_of(mark):.1f}" y1="{TOP - 6}" x2="{x_of(mark):.1f}" y2="{bottom}" '
                   f'stroke="{"#6b7280" if mark == 1 else "#e5e7eb"}"/>')
        out.append(text(x_of(mark), bottom + 16, f"{mark:g}", anchor="middle", fill="#4b5563"))
    out += legend(series)
    for index, (label, cells) in enumerate(rows):
        out += bar_group(TOP + group * index, label, cells, series, x_of)
    out.append("</svg>")
    return "\n".join(out) + "\n"


def legend(series):
    out, x = [], 16.0
    for index, name in enumerate(series):
        out.append(f'<rect x="{x:.1f}" y="55" width="11" height="11" fill="{PALETTE[index % len(PALETTE)]}"/>')
        out.append(text(x + 15, 65, name))
        x += 30 + 6.6 * len(name)
    return out


def bar_group(y, label, cells, series, x_of):
    out = [text(LEFT - 8, y + BAR * len(series) / 2 + 4, label, anchor="end")]
    for index, name in enumerate(series):
        value, top = cells.get(name), y + BAR * index
        if not value:
            out.append(text(LEFT + 3, top + BAR - 1, "did not run", 8, fill="#9ca3af"))
            continue
        colour = PALETTE[index % len(PALETTE)]
        out.append(f'<rect x="{LEFT}" y="{top:.1f}" width="{max(x_of(value) - LEFT, 1):.1f}" '
                   f'height="{BAR - 1}" fill="{colour}"/>')
        out.append(text(max(x_of(value), LEFT) + 4, top + BAR - 1.5, f"{value:.2f}", 8, fill="#4b5563"))
    return out
