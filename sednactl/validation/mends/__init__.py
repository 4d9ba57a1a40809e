"""What mends a finding: one decision a rule, and the change where there is exactly one right answer."""
