"""One function a command, a file an area. A handler asks the store in as few calls as it can and returns a view."""
