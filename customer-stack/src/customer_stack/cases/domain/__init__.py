"""What is true of cases, whoever asks and wherever they lie."""
