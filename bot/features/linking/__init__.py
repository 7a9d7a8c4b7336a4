"""One learner over two chats."""
