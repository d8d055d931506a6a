"""Charts in Braille: data in, lines of spans out.

`decimate` and `pyramid` put a series into a chart's columns; `axis` and `labels` choose its range and ticks; `trace`
turns columns into dots, `canvas` dots into cells; `frame`, `chart` and `sparkline` put it together.

Only `pyramid` and what stands under it (`query`, `gather`, `curve`, `smoothing`, `chunk`, `segments`, `tower`,
`records`) use numpy. The rest is plain Python, so that a first chart is on the screen before numpy is loaded.
"""
