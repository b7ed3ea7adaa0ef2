"""What an order's papers say: values of an order in, a document out."""
