"""What you see: one module a format, fed with the operations' results and nothing else."""
