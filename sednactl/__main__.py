"""`python -m sednactl`."""

from sednactl.cli.main import main

if __name__ == "__main__":
    main()
