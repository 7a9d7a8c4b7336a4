"""Questions: quizzes and their answers."""
