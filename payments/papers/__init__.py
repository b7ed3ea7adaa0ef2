"""Papers about money: facts in, a document out."""
