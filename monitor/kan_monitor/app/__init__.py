"""The dashboard on a terminal: Textual places the panels and hears the keys; what is drawn is the panels' own."""
