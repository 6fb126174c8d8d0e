"""How Sphinx makes the site from the pages that `python -m mpctls.conformance.book` writes."""

project = "mpctls"
author = "the mpctls authors"
extensions = ["myst_parser"]
myst_heading_anchors = 6
myst_enable_extensions = ["deflist"]
html_theme = "furo"
html_title = "mpctls"
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_extra_path = ["_extra"]
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
exclude_patterns = ["_extra"]
# A code block of a document may hold what its language cannot read, as a listing of octets does.
suppress_warnings = ["misc.highlighting_failure"]
