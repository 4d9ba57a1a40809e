"""What you type: one module a command group. Parse, call one operation, hand its result to a renderer."""
