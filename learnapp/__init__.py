"""learnapp: courses, timed quizzes and a learning ledger for the training of party workers and members."""
