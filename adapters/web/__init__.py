"""The local web page: a front end like any other, drawn as escaped HTML."""
