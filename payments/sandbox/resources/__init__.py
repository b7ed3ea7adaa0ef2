"""One module for each family of Stripe resources."""
