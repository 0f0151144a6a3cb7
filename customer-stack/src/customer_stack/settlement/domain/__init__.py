"""What is owed and instructed, where a settlement stands, what is posted, what a bank said of it. Pure."""
