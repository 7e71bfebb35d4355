"""What changes on a desk."""
