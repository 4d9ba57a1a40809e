"""What is wrong with a cluster that runs Sedna: reads that go on without each other, and pure checks of what they gave."""
