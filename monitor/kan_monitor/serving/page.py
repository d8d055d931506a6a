"""The page that the terminal stands in. All it needs comes from where it comes from itself, its font included."""

from __future__ import annotations

from html import escape
from string import Template
from typing import Final

#: xterm.js asks for Roboto Mono, which has no Braille: one of the machine's own fonts that has is better.
_PAGE: Final = Template("""\
<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>$title</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="static/css/xterm.css">
    <style>
      @font-face {
        font-family: "Roboto Mono";
        src: local("DejaVu Sans Mono"), local("Menlo"), local("Cascadia Mono"),
          url("static/fonts/RobotoMono-VariableFont_wght.ttf");
      }
      html, body { margin: 0; height: 100%; }
      body { background: #12161f; color: #aeb4c4; font-family: "Roboto Mono", monospace; }
      #terminal { width: 100vw; height: 100vh; }
      .message { position: absolute; inset: 0; display: none; align-items: center; justify-content: center; }
      body:not(.-first-byte):not(.-closed) .connecting, body.-closed .closed { display: flex; }
      a { color: #4cc9f0; }
    </style>
    <script src="static/js/textual.js"></script>
  </head>
  <body>
    <div id="terminal" class="textual-terminal"
      data-session-websocket-url="$websocket" data-font-size="$font_size"></div>
    <div class="message connecting">connecting to kan-monitor …</div>
    <div class="message closed"><span>The dashboard was left. <a href="">Look again</a></span></div>
  </body>
</html>
""")
_FONT_SIZES: Final = range(6, 49)
_FONT_SIZE: Final = 15


def page(title: str, websocket: str, font_size: str) -> str:
    """The page whose terminal speaks with the address `websocket`; a font size that is none is the usual one."""
    size = int(font_size) if font_size.isdecimal() and int(font_size) in _FONT_SIZES else _FONT_SIZE
    return _PAGE.substitute(title=escape(title), websocket=escape(websocket), font_size=size)


def security_policy(host: str) -> str:
    """What the browser lets the page do: nothing with any machine but the one at `host`, and no script of its own."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",  # xterm.js sizes its cells with styles
            "font-src 'self'",
            "img-src 'self' data:",
            f"connect-src 'self' ws://{host} wss://{host}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
