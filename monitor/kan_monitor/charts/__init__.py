"""Charts in Braille: data in, lines of spans out.

`decimate` and `pyramid` put a series into a chart's columns, by step or by the time of a `timeline`; `reading` and
`beside` find the record under a crosshair, `edges` the lines into a window; `axis`, `xaxis` and `labels` choose ranges
and ticks; `trace` turns columns into dots, `canvas` dots into cells; `layer`, `frame`, `chart` and `sparkline` put it
together.

Only `pyramid` and what stands under it (`query`, `beside`, `gather`, `curve`, `smoothing`, `chunk`, `segments`,
`tower`, `records`) use numpy. The rest is plain Python, so that a first chart is on the screen before numpy is loaded.
"""
