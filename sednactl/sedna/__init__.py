"""What Sedna is: kinds, the names and labels its Global Manager gives, differences between releases. Data, no I/O."""
