"""What people can ask for, a folder a feature: its commands, their handlers, and rules of its own."""
