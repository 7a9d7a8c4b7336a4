"""The studio: themes and lessons written, checked, shown and published by people who never see a file."""
