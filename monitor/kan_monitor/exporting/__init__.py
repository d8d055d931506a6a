"""What leaves the monitor as a file: the series as a table, and a frame as text, picture or Markdown."""
