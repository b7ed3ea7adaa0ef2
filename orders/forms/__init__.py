"""Forms of an order's pages, a file for each page or pair of pages."""
